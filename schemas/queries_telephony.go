package schemas

var queriesOfPhoneNumbers = []Query{
	{"How many numbers are there by country and kind, and how many of them are nobody's?", `
SELECT
    tenant_id,
    coalesce(iso_country_code, 'unknown') AS country,
    number_type,
    count(*) AS numbers,
    count(*) FILTER (assignment_status = 'unassigned') AS unassigned
FROM phone_numbers_current
GROUP BY ALL
ORDER BY tenant_id, numbers DESC, country, number_type`},
	{"Which numbers belong to an account that is closed, or that the directory does not know?", `
SELECT n.tenant_id, n.telephone_number, n.number_type, n.assignment_target_id, u.user_id IS NOT NULL AS in_directory
FROM phone_numbers_current n
LEFT JOIN users_current u ON u.tenant_id = n.tenant_id AND u.user_id = n.assignment_target_id
WHERE n.assignment_status = 'userAssigned' AND (u.user_id IS NULL OR NOT u.account_enabled)
ORDER BY n.tenant_id, n.telephone_number`},
}

var queriesOfResourceAccounts = []Query{
	{"Which queues and attendants are there, and by which number?", `
SELECT
    r.tenant_id,
    r.display_name,
    CASE r.application_id
        WHEN 'ce933385-9390-45d1-9512-c8d228074e07' THEN 'attendant'
        WHEN '11cd3e2e-fccb-42ad-ad00-878b93575e07' THEN 'queue'
        ELSE 'other'
    END AS kind,
    replace(r.phone_number, 'tel:', '') AS telephone_number
FROM resource_accounts_current r
ORDER BY r.tenant_id, kind, r.display_name`},
}

var queriesOfTeamsUserConfigurations = []Query{
	{"Who can be reached by telephone without a number, and who has a number and cannot?", `
SELECT u.tenant_id, u.user_id, u.display_name, c.is_enterprise_voice_enabled, coalesce(json_array_length(c.telephone_numbers), 0) AS numbers
FROM teams_user_configurations_current c
JOIN users_current u USING (tenant_id, user_id)
WHERE c.is_enterprise_voice_enabled <> (coalesce(json_array_length(c.telephone_numbers), 0) > 0)
    AND c.account_type <> 'resourceAccount'
ORDER BY u.tenant_id, u.user_id`},
	{"Which policies hold for how many people?", `
SELECT
    c.tenant_id,
    p.value ->> '$.policyType' AS policy,
    p.value ->> '$.policyAssignment.displayName' AS name,
    count(*) AS accounts
FROM teams_user_configurations_current c, json_each(c.policies) p
GROUP BY ALL
ORDER BY c.tenant_id, policy, accounts DESC, name`},
}
