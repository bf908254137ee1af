SELECT
    "team_id",
    "display_name",
    "description",
    "created_time",
    "removed",
    "visibility",
    "specialization",
    "classification",
    "is_archived",
    "internal_id",
    "web_url",
    "owners_count",
    "members_count",
    "guests_count",
    "member_settings",
    "guest_settings",
    "messaging_settings",
    "fun_settings",
    substr(filename, -64, 36) AS "tenant_id",
    TRY_CAST(substr(filename, -24, 10) AS DATE) AS "picture_date"
FROM read_parquet('{{ env_var('GRAPHLAKE_LAKE') }}/tables/teams/tenant_id=[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]/dt=[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]/teams.parquet',
    filename = true, schema = MAP {
        'team_id': {name: 'team_id', type: 'VARCHAR', default_value: NULL},
        'display_name': {name: 'display_name', type: 'VARCHAR', default_value: NULL},
        'description': {name: 'description', type: 'VARCHAR', default_value: NULL},
        'created_time': {name: 'created_time', type: 'TIMESTAMPTZ', default_value: NULL},
        'removed': {name: 'removed', type: 'BOOLEAN', default_value: NULL},
        'visibility': {name: 'visibility', type: 'VARCHAR', default_value: NULL},
        'specialization': {name: 'specialization', type: 'VARCHAR', default_value: NULL},
        'classification': {name: 'classification', type: 'VARCHAR', default_value: NULL},
        'is_archived': {name: 'is_archived', type: 'BOOLEAN', default_value: NULL},
        'internal_id': {name: 'internal_id', type: 'VARCHAR', default_value: NULL},
        'web_url': {name: 'web_url', type: 'VARCHAR', default_value: NULL},
        'owners_count': {name: 'owners_count', type: 'INTEGER', default_value: NULL},
        'members_count': {name: 'members_count', type: 'INTEGER', default_value: NULL},
        'guests_count': {name: 'guests_count', type: 'INTEGER', default_value: NULL},
        'member_settings': {name: 'member_settings', type: 'JSON', default_value: NULL},
        'guest_settings': {name: 'guest_settings', type: 'JSON', default_value: NULL},
        'messaging_settings': {name: 'messaging_settings', type: 'JSON', default_value: NULL},
        'fun_settings': {name: 'fun_settings', type: 'JSON', default_value: NULL}
    })
WHERE NOT "removed" AND filename IN (
    SELECT max(file)
    FROM glob('{{ env_var('GRAPHLAKE_LAKE') }}/tables/teams/tenant_id=[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]/dt=[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]/teams.parquet')
    WHERE TRY_CAST(substr(file, -24, 10) AS DATE) IS NOT NULL
    GROUP BY substr(file, -64, 36)
)
