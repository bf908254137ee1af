SELECT
    p.tenant_id, p.dt, p.call_id, p.application_instance_id AS account_id, r.display_name AS account_name,
    CASE
        WHEN r.account_id IS NULL THEN 'unknown'
        WHEN r.application_id = '11cd3e2e-fccb-42ad-ad00-878b93575e07' THEN 'queue'
        WHEN r.application_id = 'ce933385-9390-45d1-9512-c8d228074e07' THEN 'attendant'
        ELSE 'other'
    END AS account_kind,
    r.phone_number AS account_number
FROM (
    SELECT DISTINCT tenant_id, dt, call_id, identity_kind, application_instance_id
    FROM call_participants
) AS p
LEFT JOIN resource_accounts_current AS r ON r.tenant_id = p.tenant_id AND r.account_id = p.application_instance_id
WHERE p.identity_kind = 'applicationInstance' AND p.application_instance_id IS NOT NULL
