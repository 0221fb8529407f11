#!/bin/sh
# The jobs of a CI system, wherever there is a shell. Run it in the project's directory:
#
#   vcc.sh review   for a change: what `pulumi up` would do, and what is known of each registration
#   vcc.sh drift    on a schedule: fails unless all is as declared
#   vcc.sh up       once a change is accepted: registers it, and fails unless all is as declared then
#
# Only `up` needs credentials of VCC (VCC_CLIENT_ID, VCC_CLIENT_SECRET). All need the region (VCC_REGION, or
# vcc:region in the stack's configuration), PULUMI_BACKEND_URL and PULUMI_CONFIG_PASSPHRASE, or
# PULUMI_ACCESS_TOKEN for Pulumi Cloud.
#
#   STACK     the stack; required
#   MAX_AGE   what VCC acknowledged longer ago is stale; by default 30d
#   REPORTS   directory for drift.xml (JUnit) and drift.md (Markdown); by default `reports`
#
# Exits with 0 as declared, 2 not as declared, 1 anything else.
set -eu

if [ -z "${STACK:-}" ]; then
  echo "$0: STACK names no stack" >&2
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
  # What the change is about is pending, unregistered or orphaned, and that is no failure.
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
