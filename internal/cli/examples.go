package cli

// examples end the help of every subcommand. They are what people paste, so each can be run as it is
// where its names are those of the configuration.
var examples = map[string][]string{
	"init": {
		"graphlake init",
		"graphlake init --tenant-id 00000000-0000-0000-0000-000000000000",
		"graphlake init --simulator http://127.0.0.1:8080",
		"graphlake init --create",
	},
	"run": {
		"graphlake run --job nightly-calls",
		"graphlake run --dataset call_records --from 2026-11-01 --to 2026-11-08",
		"graphlake run --dataset call_records --last 7d",
		"graphlake run --gaps --dry-run",
		"graphlake run --dataset users --believe",
	},
	"plan": {
		"graphlake plan",
		"graphlake plan --dataset call_records --last 30d",
		"graphlake plan --gaps",
		"graphlake plan --dataset call_records --from 2026-11-01 --to 2026-11-08",
	},
	"replay": {
		"graphlake replay --dataset call_records",
		"graphlake replay --dataset users,groups --from 2026-11-01 --to 2026-11-08",
		"graphlake replay --delta",
	},
	"erase": {
		"graphlake erase --user 00000000-0000-0000-0000-000000000000 --dry-run",
		"graphlake erase --user +14255550100 --reason request-42",
		"graphlake erase --user +14255550100 --verify",
	},
	"serve": {
		"graphlake serve",
		"graphlake serve --listen 0.0.0.0:8443 --grace 1m",
	},
	"sign-in": {
		"graphlake sign-in",
		"graphlake sign-in --tenant contoso --browser",
		"graphlake sign-in --status",
	},
	"sign-out": {
		"graphlake sign-out",
		"graphlake sign-out --tenant contoso",
	},
	"schedule": {
		"graphlake schedule",
		"graphlake schedule --listen 127.0.0.1:8081 --grace 1m",
	},
	"expire": {
		"graphlake expire --dry-run",
		"graphlake expire",
		"graphlake expire --dataset chat_messages --tenant contoso",
	},
	"vacuum": {
		"graphlake vacuum --dry-run",
		"graphlake vacuum",
		"graphlake vacuum --older-than 24h --dataset chat_messages --tenant contoso",
	},
	"compact": {
		"graphlake compact --dry-run",
		"graphlake compact",
		"graphlake compact --dataset call_records --tenant contoso",
	},
	"audit": {
		"graphlake audit",
		"graphlake audit --dataset call_records --from 2026-11-01 --to 2026-11-08 --against-graph",
		"graphlake audit --accept lost --dataset call_records --from 2026-11-01 --to 2026-11-08",
	},
	"status": {
		"graphlake status",
		"graphlake status --map",
		"graphlake status --map --dataset call_records --last 30d",
		"graphlake status --job nightly-calls --output json",
	},
	"runs": {
		"graphlake runs",
		"graphlake runs 20261123T023000Z-abcdefgh",
		"graphlake runs --output json",
	},
	"du": {
		"graphlake du",
		"graphlake du --dataset call_records --output json",
	},
	"datasets": {
		"graphlake datasets",
		"graphlake datasets --output json",
	},
	"schema": {
		"graphlake schema calls",
		"graphlake schema call_media_streams --output json",
	},
	"cat": {
		"graphlake cat calls",
		"graphlake cat users --tenant contoso --from 2026-11-22 --to 2026-11-23",
		"graphlake cat calls --from yesterday --columns call_id,call_type",
		"graphlake cat users --columns user_id,department --where removed=false --limit 10",
	},
	"sql": {
		"graphlake sql --engine duckdb >views.sql",
		"graphlake sql --engine synapse --job nightly-calls >views.sql",
	},
	"report": {
		"graphlake report",
		"graphlake report --html report.html",
		"graphlake report --last 2w",
		"graphlake report --tenant contoso --from 2026-11-16 --to 2026-11-23",
	},
	"check": {
		"graphlake check",
		"graphlake check --dataset call_records,users",
		"graphlake check --output json",
	},
	"permissions": {
		"graphlake permissions --dataset call_records,users",
		"graphlake permissions --format manifest",
		"graphlake permissions --format consent-url --tenant contoso",
	},
	"notify": {
		"graphlake notify --test",
		"graphlake notify --test --to operators",
	},
	"completion": {
		"graphlake completion bash >/etc/bash_completion.d/graphlake",
		"graphlake completion zsh >/usr/local/share/zsh/site-functions/_graphlake",
		"graphlake completion fish >~/.config/fish/completions/graphlake.fish",
	},
	"version": {
		"graphlake version",
		"graphlake version --output json",
	},
}
