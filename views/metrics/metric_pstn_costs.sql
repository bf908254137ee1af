WITH rows_of_day AS {{inline}}(
    SELECT
        tenant_id, dt, user_id, duration_seconds, started_minutes, charge, connection_charge, total_charge,
        COALESCE(currency, 'unknown') AS currency, COALESCE(operator, 'unknown') AS operator, COALESCE(destination_context, 'unknown') AS destination_context,
        COALESCE(direction, 'unknown') AS direction, COALESCE(charged_to, 'unknown') AS charged_to,
        COALESCE(CASE
            WHEN direction = 'inbound' THEN usage_country_code
            WHEN direction = 'outbound' THEN COALESCE(other_number_country, CASE WHEN destination_context = 'Domestic' THEN usage_country_code END)
        END, 'unknown') AS country
    FROM pstn_calls
)
SELECT
    tenant_id, dt, country, direction, charged_to, destination_context, operator, currency,
    COUNT(*) AS calls, COUNT(DISTINCT user_id) AS users, SUM(COALESCE(duration_seconds, 0)) AS seconds,
    SUM(COALESCE(started_minutes, 0)) AS started_minutes,
    SUM(COALESCE(charge, 0)) AS charge, SUM(COALESCE(connection_charge, 0)) AS connection_charge,
    SUM(COALESCE(total_charge, 0)) AS cost,
    SUM(CASE WHEN charge IS NULL THEN 1 ELSE 0 END) AS calls_without_charge
FROM rows_of_day
GROUP BY tenant_id, dt, country, direction, charged_to, destination_context, operator, currency
