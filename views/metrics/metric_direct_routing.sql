WITH tries AS {{inline}}(
    SELECT
        tenant_id, dt, COALESCE(trunk_fqdn, 'unknown') AS trunk_fqdn, final_sip_code, call_end_sub_reason, duration_seconds,
        CASE WHEN LOWER(call_type) LIKE 'byotin%' OR LOWER(call_type) LIKE 'dr_in%' THEN 'inbound'
            WHEN LOWER(call_type) LIKE 'byotout%' OR LOWER(call_type) LIKE '%out%' THEN 'outbound' ELSE 'unknown' END AS direction,
        CASE
            WHEN {{t "successful_call"}} THEN 'answered'
            WHEN final_sip_code IN (486, 600) THEN 'busy'
            WHEN final_sip_code IN (408, 480, 487) THEN 'no_answer'
            WHEN final_sip_code IN (403, 603) THEN 'rejected'
            WHEN final_sip_code IN (404, 410, 484, 604) THEN 'bad_number'
            ELSE 'network'
        END AS result
    FROM direct_routing_calls
)
SELECT
    tenant_id, dt, trunk_fqdn, direction, COUNT(*) AS attempts,
    SUM(CASE WHEN result = 'answered' THEN 1 ELSE 0 END) AS answered,
    SUM(CASE WHEN result = 'busy' THEN 1 ELSE 0 END) AS busy,
    SUM(CASE WHEN result = 'no_answer' THEN 1 ELSE 0 END) AS no_answer,
    SUM(CASE WHEN result = 'rejected' THEN 1 ELSE 0 END) AS rejected,
    SUM(CASE WHEN result = 'bad_number' THEN 1 ELSE 0 END) AS bad_number,
    SUM(CASE WHEN result = 'network' THEN 1 ELSE 0 END) AS network,
    100 * {{double "SUM(CASE WHEN result = 'answered' THEN 1 ELSE 0 END)"}} / COUNT(*) AS answer_seizure_percent,
    100 * {{double "SUM(CASE WHEN result IN ('answered', 'busy', 'no_answer', 'rejected') THEN 1 ELSE 0 END)"}} / COUNT(*) AS network_effectiveness_percent,
    AVG(CASE WHEN result = 'answered' THEN {{double "duration_seconds"}} END) AS mean_seconds
FROM tries
GROUP BY tenant_id, dt, trunk_fqdn, direction
