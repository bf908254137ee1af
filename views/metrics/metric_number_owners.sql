WITH owned AS {{inline}}(
    SELECT
        n.tenant_id, n.telephone_number, n.number_type, n.assignment_status, n.iso_country_code,
        CASE WHEN n.assignment_target_id = '' OR n.assignment_status = 'unassigned' THEN NULL ELSE n.assignment_target_id END AS owner_id,
        CASE
            WHEN n.assignment_status = 'conferenceAssigned' THEN 'conference'
            WHEN n.assignment_status = 'unassigned' OR n.assignment_target_id IS NULL OR n.assignment_target_id = '' THEN 'unassigned'
            WHEN n.assignment_status = 'voiceApplicationAssigned' OR r.account_id IS NOT NULL THEN 'resource_account'
            WHEN {{t "u.account_enabled"}} THEN 'user'
            WHEN u.user_id IS NOT NULL THEN 'disabled'
            WHEN n.assignment_status = 'userAssigned' OR n.assignment_status IS NULL THEN 'unknown'
            ELSE 'other'
        END AS owner_kind
    FROM phone_numbers_current AS n
    LEFT JOIN users_current AS u ON u.tenant_id = n.tenant_id AND u.user_id = n.assignment_target_id
    LEFT JOIN resource_accounts_current AS r ON r.tenant_id = n.tenant_id AND r.account_id = n.assignment_target_id
)
SELECT
    tenant_id, telephone_number, number_type, assignment_status, iso_country_code, owner_kind, owner_id,
    CASE WHEN owner_kind IN ('unassigned', 'disabled', 'unknown') THEN 1 ELSE 0 END AS without_owner
FROM owned
