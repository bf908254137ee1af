WITH rows_of_day AS NOT MATERIALIZED (
    SELECT
        tenant_id, dt, user_id, duration_seconds, charge, connection_charge,
        COALESCE(currency, 'unknown') AS currency, COALESCE(operator, 'unknown') AS operator, COALESCE(destination_context, 'unknown') AS destination_context,
        CASE WHEN LOWER(call_type) LIKE '%in' THEN 'inbound' WHEN LOWER(call_type) LIKE '%out%' THEN 'outbound' ELSE 'unknown' END AS direction,
        CASE WHEN LOWER(call_type) LIKE 'conf%' THEN 'conference' WHEN LOWER(call_type) LIKE 'ucap%' THEN 'voice_app' ELSE 'user' END AS charged_to,
        COALESCE(destination_name, CASE WHEN LOWER(call_type) LIKE '%in' THEN usage_country_code END, 'unknown') AS country
    FROM {{ source('graphlake', 'pstn_calls') }} AS pstn_calls
)
SELECT
    tenant_id, dt, country, direction, charged_to, destination_context, operator, currency,
    COUNT(*) AS calls, COUNT(DISTINCT user_id) AS users, SUM(COALESCE(duration_seconds, 0)) AS seconds,
    SUM(ceil(COALESCE(duration_seconds, 0) / 60.0)) AS started_minutes,
    SUM(COALESCE(charge, 0)) AS charge, SUM(COALESCE(connection_charge, 0)) AS connection_charge,
    SUM(COALESCE(charge, 0) + COALESCE(connection_charge, 0)) AS cost,
    SUM(CASE WHEN charge IS NULL THEN 1 ELSE 0 END) AS calls_without_charge
FROM rows_of_day
GROUP BY tenant_id, dt, country, direction, charged_to, destination_context, operator, currency
