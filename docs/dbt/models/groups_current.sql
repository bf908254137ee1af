SELECT
    "group_id",
    "display_name",
    "description",
    "mail",
    "mail_nickname",
    "proxy_addresses",
    "created_time",
    "renewed_time",
    "expiration_time",
    "removed",
    "group_types",
    "resource_provisioning_options",
    "visibility",
    "classification",
    "mail_enabled",
    "security_enabled",
    "membership_rule",
    "membership_rule_processing_state",
    "on_premises_sync_enabled",
    "on_premises_last_sync_time",
    "preferred_data_location",
    "is_assignable_to_role",
    substr(filename, -65, 36) AS "tenant_id",
    TRY_CAST(substr(filename, -25, 10) AS DATE) AS "picture_date"
FROM read_parquet('{{ env_var('GRAPHLAKE_LAKE') }}/tables/groups/tenant_id=[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]/dt=[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]/groups.parquet',
    filename = true, schema = MAP {
        'group_id': {name: 'group_id', type: 'VARCHAR', default_value: NULL},
        'display_name': {name: 'display_name', type: 'VARCHAR', default_value: NULL},
        'description': {name: 'description', type: 'VARCHAR', default_value: NULL},
        'mail': {name: 'mail', type: 'VARCHAR', default_value: NULL},
        'mail_nickname': {name: 'mail_nickname', type: 'VARCHAR', default_value: NULL},
        'proxy_addresses': {name: 'proxy_addresses', type: 'JSON', default_value: NULL},
        'created_time': {name: 'created_time', type: 'TIMESTAMPTZ', default_value: NULL},
        'renewed_time': {name: 'renewed_time', type: 'TIMESTAMPTZ', default_value: NULL},
        'expiration_time': {name: 'expiration_time', type: 'TIMESTAMPTZ', default_value: NULL},
        'removed': {name: 'removed', type: 'BOOLEAN', default_value: NULL},
        'group_types': {name: 'group_types', type: 'JSON', default_value: NULL},
        'resource_provisioning_options': {name: 'resource_provisioning_options', type: 'JSON', default_value: NULL},
        'visibility': {name: 'visibility', type: 'VARCHAR', default_value: NULL},
        'classification': {name: 'classification', type: 'VARCHAR', default_value: NULL},
        'mail_enabled': {name: 'mail_enabled', type: 'BOOLEAN', default_value: NULL},
        'security_enabled': {name: 'security_enabled', type: 'BOOLEAN', default_value: NULL},
        'membership_rule': {name: 'membership_rule', type: 'VARCHAR', default_value: NULL},
        'membership_rule_processing_state': {name: 'membership_rule_processing_state', type: 'VARCHAR', default_value: NULL},
        'on_premises_sync_enabled': {name: 'on_premises_sync_enabled', type: 'BOOLEAN', default_value: NULL},
        'on_premises_last_sync_time': {name: 'on_premises_last_sync_time', type: 'TIMESTAMPTZ', default_value: NULL},
        'preferred_data_location': {name: 'preferred_data_location', type: 'VARCHAR', default_value: NULL},
        'is_assignable_to_role': {name: 'is_assignable_to_role', type: 'BOOLEAN', default_value: NULL}
    })
WHERE NOT "removed" AND filename IN (
    SELECT max(file)
    FROM glob('{{ env_var('GRAPHLAKE_LAKE') }}/tables/groups/tenant_id=[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]/dt=[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]/groups.parquet')
    WHERE TRY_CAST(substr(file, -25, 10) AS DATE) IS NOT NULL
    GROUP BY substr(file, -65, 36)
)
