WITH owners AS NOT MATERIALIZED (
    SELECT
        o.tenant_id, o.group_id, COUNT(*) AS owners,
        SUM(CASE WHEN u.account_enabled THEN 1 ELSE 0 END) AS active_owners
    FROM {{ ref('group_owners_current') }} AS o
    LEFT JOIN {{ ref('users_current') }} AS u ON u.tenant_id = o.tenant_id AND u.user_id = o.owner_id
    GROUP BY o.tenant_id, o.group_id
)
SELECT
    t.tenant_id, t.team_id, COALESCE(o.owners, 0) AS owners, COALESCE(o.active_owners, 0) AS active_owners,
    CASE
        WHEN COALESCE(o.owners, 0) = 0 THEN 'none'
        WHEN COALESCE(o.active_owners, 0) = 0 THEN 'only_inactive'
        WHEN o.active_owners = 1 THEN 'one'
        ELSE 'several'
    END AS ownership
FROM {{ ref('teams_current') }} AS t
LEFT JOIN owners AS o ON o.tenant_id = t.tenant_id AND o.group_id = t.team_id
