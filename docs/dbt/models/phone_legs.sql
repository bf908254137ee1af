SELECT
    tenant_id, dt, 'direct_routing_calls' AS dataset, direct_routing_call_id AS leg_id, correlation_id AS call_id, user_id,
    call_type, direction, other_number, other_number_country, other_number_masked,
    call_time AS start_time, end_time, duration_seconds, ring_seconds, result, final_sip_code, trunk_fqdn,
    CAST(NULL AS VARCHAR) AS operator, CAST(NULL AS VARCHAR) AS charged_to, CAST(NULL AS DECIMAL(18, 6)) AS cost, CAST(NULL AS VARCHAR) AS currency
FROM {% if 'direct_routing_calls' in var('datasets') %}{{ source('graphlake', 'direct_routing_calls') }}{% else %}(SELECT CAST(NULL AS VARCHAR) AS "direct_routing_call_id", CAST(NULL AS VARCHAR) AS "correlation_id", CAST(NULL AS VARCHAR) AS "user_id", CAST(NULL AS TIMESTAMPTZ) AS "call_time", CAST(NULL AS TIMESTAMPTZ) AS "start_time", CAST(NULL AS TIMESTAMPTZ) AS "end_time", CAST(NULL AS INTEGER) AS "duration_seconds", CAST(NULL AS VARCHAR) AS "call_type", CAST(NULL AS INTEGER) AS "final_sip_code", CAST(NULL AS VARCHAR) AS "trunk_fqdn", CAST(NULL AS VARCHAR) AS "direction", CAST(NULL AS VARCHAR) AS "other_number", CAST(NULL AS VARCHAR) AS "other_number_country", CAST(NULL AS BOOLEAN) AS "other_number_masked", CAST(NULL AS VARCHAR) AS "result", CAST(NULL AS DOUBLE) AS "ring_seconds", CAST(NULL AS VARCHAR) AS "tenant_id", CAST(NULL AS DATE) AS "dt" WHERE 1 = 0){% endif %} AS direct_routing_calls
UNION ALL
SELECT
    tenant_id, dt, 'pstn_calls', pstn_call_id, NULL, user_id,
    call_type, direction, other_number, other_number_country, other_number_masked,
    start_time, end_time, duration_seconds, NULL, NULL, NULL, NULL,
    operator, charged_to, total_charge, currency
FROM {% if 'pstn_calls' in var('datasets') %}{{ source('graphlake', 'pstn_calls') }}{% else %}(SELECT CAST(NULL AS VARCHAR) AS "pstn_call_id", CAST(NULL AS VARCHAR) AS "call_id", CAST(NULL AS VARCHAR) AS "user_id", CAST(NULL AS TIMESTAMPTZ) AS "start_time", CAST(NULL AS TIMESTAMPTZ) AS "end_time", CAST(NULL AS INTEGER) AS "duration_seconds", CAST(NULL AS VARCHAR) AS "call_type", CAST(NULL AS VARCHAR) AS "currency", CAST(NULL AS VARCHAR) AS "operator", CAST(NULL AS VARCHAR) AS "direction", CAST(NULL AS VARCHAR) AS "other_number", CAST(NULL AS VARCHAR) AS "other_number_country", CAST(NULL AS BOOLEAN) AS "other_number_masked", CAST(NULL AS VARCHAR) AS "charged_to", CAST(NULL AS DECIMAL(18, 6)) AS "total_charge", CAST(NULL AS VARCHAR) AS "tenant_id", CAST(NULL AS DATE) AS "dt" WHERE 1 = 0){% endif %} AS pstn_calls
