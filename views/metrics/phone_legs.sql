SELECT
    tenant_id, dt, 'direct_routing_calls' AS dataset, direct_routing_call_id AS leg_id, correlation_id AS call_id, user_id,
    call_type, direction, other_number, other_number_country, other_number_masked,
    call_time AS start_time, end_time, duration_seconds, ring_seconds, result, final_sip_code, trunk_fqdn,
    {{notext}} AS operator, {{notext}} AS charged_to, CAST(NULL AS DECIMAL(18, 6)) AS cost, {{notext}} AS currency
FROM direct_routing_calls
UNION ALL
SELECT
    tenant_id, dt, 'pstn_calls', pstn_call_id, NULL, user_id,
    call_type, direction, other_number, other_number_country, other_number_masked,
    start_time, end_time, duration_seconds, NULL, NULL, NULL, NULL,
    operator, charged_to, total_charge, currency
FROM pstn_calls
