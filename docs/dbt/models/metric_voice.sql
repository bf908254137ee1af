WITH licences AS NOT MATERIALIZED (
    SELECT
        l.tenant_id, l.user_id,
        MAX(CASE WHEN k.service_plans LIKE '%"MCOEV%' AND (l.disabled_plans IS NULL OR l.disabled_plans NOT LIKE '%4828c8ec-dc2e-4779-b502-87ac9ce28ab7%') THEN 1 ELSE 0 END) AS has_phone_licence,
        MAX(CASE WHEN k.service_plans LIKE '%"MCOPSTN%' THEN 1 ELSE 0 END) AS has_calling_plan
    FROM {{ ref('user_licenses_current') }} AS l
    JOIN {{ ref('subscribed_skus_current') }} AS k ON k.tenant_id = l.tenant_id AND k.sku_id = l.sku_id
    GROUP BY l.tenant_id, l.user_id
), owned AS NOT MATERIALIZED (
    SELECT tenant_id, assignment_target_id AS user_id, COUNT(*) AS numbers
    FROM {{ ref('phone_numbers_current') }} AS phone_numbers_current
    WHERE assignment_status = 'userAssigned'
    GROUP BY tenant_id, assignment_target_id
), known AS NOT MATERIALIZED (
    SELECT
        u.tenant_id, u.user_id, u.account_enabled, COALESCE(l.has_phone_licence, 0) AS has_phone_licence, COALESCE(l.has_calling_plan, 0) AS has_calling_plan,
        CASE WHEN c.is_enterprise_voice_enabled THEN 1 ELSE 0 END AS is_voice_enabled, COALESCE(o.numbers, 0) AS numbers
    FROM {{ ref('users_current') }} AS u
    JOIN {{ ref('teams_user_configurations_current') }} AS c ON c.tenant_id = u.tenant_id AND c.user_id = u.user_id
    LEFT JOIN licences AS l ON l.tenant_id = u.tenant_id AND l.user_id = u.user_id
    LEFT JOIN owned AS o ON o.tenant_id = u.tenant_id AND o.user_id = u.user_id
    WHERE c.account_type IS NULL OR c.account_type <> 'resourceAccount'
)
SELECT
    tenant_id, user_id, account_enabled, has_phone_licence, has_calling_plan, is_voice_enabled, numbers,
    CASE
        WHEN has_phone_licence = 0 THEN 'no_licence'
        WHEN is_voice_enabled = 1 AND numbers > 0 THEN 'complete'
        WHEN is_voice_enabled = 1 THEN 'no_number'
        WHEN numbers > 0 THEN 'number_without_voice'
        ELSE 'unused_licence'
    END AS state
FROM known
WHERE has_phone_licence = 1 OR is_voice_enabled = 1 OR numbers > 0
