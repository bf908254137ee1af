SELECT
    "team_id",
    "membership_id",
    "user_id",
    "display_name",
    "email",
    "member_tenant_id",
    "visible_history_start_time",
    "removed",
    "roles",
    "member_kind",
    substr(filename, -71, 36) AS "tenant_id",
    TRY_CAST(substr(filename, -31, 10) AS DATE) AS "picture_date"
FROM read_parquet('{{ env_var('GRAPHLAKE_LAKE') }}/tables/team_members/tenant_id=[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]/dt=[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]/team_members.parquet',
    filename = true, schema = MAP {
        'team_id': {name: 'team_id', type: 'VARCHAR', default_value: NULL},
        'membership_id': {name: 'membership_id', type: 'VARCHAR', default_value: NULL},
        'user_id': {name: 'user_id', type: 'VARCHAR', default_value: NULL},
        'display_name': {name: 'display_name', type: 'VARCHAR', default_value: NULL},
        'email': {name: 'email', type: 'VARCHAR', default_value: NULL},
        'member_tenant_id': {name: 'member_tenant_id', type: 'VARCHAR', default_value: NULL},
        'visible_history_start_time': {name: 'visible_history_start_time', type: 'TIMESTAMPTZ', default_value: NULL},
        'removed': {name: 'removed', type: 'BOOLEAN', default_value: NULL},
        'roles': {name: 'roles', type: 'JSON', default_value: NULL},
        'member_kind': {name: 'member_kind', type: 'VARCHAR', default_value: NULL}
    })
WHERE NOT "removed" AND filename IN (
    SELECT max(file)
    FROM glob('{{ env_var('GRAPHLAKE_LAKE') }}/tables/team_members/tenant_id=[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]/dt=[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]/team_members.parquet')
    WHERE TRY_CAST(substr(file, -31, 10) AS DATE) IS NOT NULL
    GROUP BY substr(file, -71, 36)
)
