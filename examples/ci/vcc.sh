#!/bin/sh
# Jobs for any CI system with a shell. Run it in the project directory:
#
#   vcc.sh review   for a change: shows what `pulumi up` would do, and the class of each registration
#   vcc.sh drift    on a schedule: fails unless everything is as declared
#   vcc.sh up       after a merge: registers the change, and fails unless everything is then as declared
#
# Only `up` needs VCC credentials (VCC_CLIENT_ID, VCC_CLIENT_SECRET). All need the region (VCC_REGION, or
# vcc:region in the stack's configuration), and either PULUMI_BACKEND_URL with PULUMI_CONFIG_PASSPHRASE or,
# for Pulumi Cloud, PULUMI_ACCESS_TOKEN.
#
#   STACK     the stack; required
#   MAX_AGE   age from which a registration is stale; default 30d
#   REPORTS   directory for drift.xml (JUnit) and drift.md (Markdown); default `reports`
#
# Exit codes: 0 as declared, 2 drift, 1 any other failure.
set -eu

if [ -z "${STACK:-}" ]; then
  echo "$0: STACK is required" >&2
  exit 1
fi
reports=${REPORTS:-reports}

report() {
  mkdir -p "$reports" || exit 1
  status=0
  npx --no pulumi-vcc drift --stack "$STACK" "$@" \
    --format text \
    --format junit --output "$reports/drift.xml" \
    --format markdown --output "$reports/drift.md" || status=$?
  case $status in
  0 | 2) exit "$status" ;;
  *) exit 1 ;;
  esac
}

case ${1:-} in
review)
  pulumi preview --stack "$STACK" --diff --non-interactive || exit 1
  # A change under review is pending, unregistered or orphaned; that is not a failure.
  report --fail-on unknown
  ;;
drift)
  report --max-age "${MAX_AGE:-30d}"
  ;;
up)
  pulumi up --stack "$STACK" --yes --skip-preview --non-interactive || exit 1
  report
  ;;
*)
  echo "usage: $0 review|drift|up" >&2
  exit 1
  ;;
esac
