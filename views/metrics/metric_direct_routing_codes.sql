SELECT
    tenant_id, dt, COALESCE(trunk_fqdn, 'unknown') AS trunk_fqdn, final_sip_code, call_end_sub_reason,
    MIN(final_sip_code_phrase) AS phrase, COUNT(*) AS attempts,
    SUM(CASE WHEN {{t "successful_call"}} THEN 1 ELSE 0 END) AS answered
FROM direct_routing_calls
GROUP BY tenant_id, dt, COALESCE(trunk_fqdn, 'unknown'), final_sip_code, call_end_sub_reason
