#!/bin/sh
# Jobs for any CI system with a shell. Run it in the project directory:
#
#   vcc.sh review    for a change: shows what `pulumi up` would do, and the class of each registration
#   vcc.sh drift     on a schedule: fails unless everything is as declared, in all stacks of the project
#   vcc.sh up        after a merge: verifies the endpoints, registers the change, and fails unless everything is
#                    then as declared
#   vcc.sh reassert  with `reassertEvery`, on a schedule, once per window: as `up`, but fails if a change waits
#   vcc.sh repair    on demand: repairs what the last drift.json names, and reports again
#
# Only `up`, `reassert` and `repair` need VCC credentials (VCC_CLIENT_ID and VCC_CLIENT_SECRET or, for named
# accounts, VCC_ACCOUNTS). All need the region (VCC_REGION, or vcc:region in the stack's configuration), and
# either PULUMI_BACKEND_URL with PULUMI_CONFIG_PASSPHRASE or, for Pulumi Cloud, PULUMI_ACCESS_TOKEN; if a
# registration has a witness, also VCC_WITNESS_TOKEN. Before you export them, run `npm ci --ignore-scripts`.
#
#   STACK     the stack; `drift` needs none
#   STACKS    the stacks of `drift`; default --all. For stacks with different passphrases, or without a
#             committed Pulumi.<stack>.yaml, name those that the job can check: `--stack prod`
#   MAX_AGE   age from which a registration is stale; default 30d
#   REPORTS   directory for drift.xml (JUnit), drift.md (Markdown) and drift.json; default `reports`. The CI
#             system must keep drift.json from `drift` to `repair`: without it, nothing is repaired
#   NOTIFY    a command that `drift` runs if a class has changed since the last drift.json, with the report
#             on standard input; the CI system must then keep drift.json from run to run
#   DETAILS   `true` to have the error messages of the program in the reports, and not only in the log
#   VERIFY    `false`: `up` does not verify the endpoints first. Set it if the receiver is not yours, and would
#             handle the test notification as a real one, or if this machine cannot reach it
#   CANCEL    `true`: before it repairs, `repair` releases the lock of an update that crashed
#
# Exit codes: 0 as declared, 2 drift, or an endpoint that does not work, 1 any other failure.
set -eu

reports=${REPORTS:-reports}
runbook=https://github.com/pulumi-vcc/pulumi-vcc/blob/main/docs/runbook.md

if [ "${1:-}" != drift ] && [ -z "${STACK:-}" ]; then
  echo "$0: STACK is required" >&2
  exit 1
fi

# Checks, writes the reports, and sets $status to 0, 1 or 2.
report() {
  mkdir -p "$reports" || exit 1
  [ "${DETAILS:-}" = true ] || set -- "$@" --no-details
  status=0
  npx --no pulumi-vcc drift "$@" \
    --format text \
    --format junit --output "$reports/drift.xml" \
    --format markdown --output "$reports/drift.md" \
    --format json --output "$reports/drift.json" || status=$?
  case $status in
  0 | 2) ;;
  *) status=1 ;;
  esac
}

case ${1:-} in
review)
  pulumi preview --stack "$STACK" --diff --non-interactive || exit 1
  # A change under review is pending, unregistered or orphaned; that is not a failure.
  report --stack "$STACK" --fail-on unknown
  ;;
drift)
  # shellcheck disable=SC2086 # several words
  set -- ${STACKS:---all} --max-age "${MAX_AGE:-30d}"
  [ -z "${NOTIFY:-}" ] ||
    set -- "$@" --since "$reports/drift.json" --notify-command "{ cat; echo 'What to do: $runbook'; } | ($NOTIFY)"
  report "$@"
  [ "$status" = 0 ] || echo "What to do: $runbook" >&2
  ;;
up | reassert)
  # Stacks that declare the same name overwrite each other. If a stack cannot be checked, only `drift` fails.
  report --all --no-refresh --fail-on contested
  [ "$status" != 2 ] || exit "$status"
  if [ "$1" = reassert ]; then
    # A change that is not registered yet may wait for an approval.
    report --stack "$STACK" --fail-on pending,unregistered,orphaned
    [ "$status" = 0 ] || exit "$status"
  fi
  # `pulumi up` forgets an interrupted update, and may then send nothing.
  report --stack "$STACK" --fail-on unknown --repair --yes
  [ "$status" = 0 ] || exit "$status"
  # Stops a change whose receiver refuses the declared headers, before VCC uses them. What cannot be checked,
  # like an endpoint that is not known yet, stops nothing.
  if [ "$1" = up ] && [ "${VERIFY:-}" != false ]; then
    npx --no pulumi-vcc verify --declared --stack "$STACK" --yes || [ $? = 1 ] || exit 2
  fi
  # Nobody may take the reports from before for those of this run.
  report --stack "$STACK" --check-failed "pulumi up has not finished" >/dev/null 2>&1
  updated=0
  pulumi up --stack "$STACK" --yes --skip-preview --non-interactive --continue-on-error || updated=1
  report --stack "$STACK"
  [ "$updated" = 0 ] || status=1
  ;;
repair)
  # A job that was killed leaves the stack locked.
  [ "${CANCEL:-}" != true ] || pulumi cancel --yes --stack "$STACK" || exit 1
  # Nobody has seen what is new since the last report: it is only reported.
  report --stack "$STACK" --max-age "${MAX_AGE:-30d}" --since "$reports/drift.json" --repair --yes
  ;;
*)
  echo "usage: $0 review|drift|up|reassert|repair" >&2
  exit 1
  ;;
esac
exit "$status"
