# Steps with their names and times. A failed step does not hide the ones after it.
passed=0
failed=0
failures=()

# step NAME COMMAND...: runs it in a shell of its own that stops at the first error.
step() {
  local name=$1 began=$SECONDS status=0
  shift
  printf '\n=== %s\n' "$name"
  set +e
  (set -euo pipefail; "$@") </dev/null
  status=$?
  set -e
  if [ "$status" -eq 0 ]; then
    passed=$((passed + 1))
    printf -- '--- %s: passed in %d s\n' "$name" $((SECONDS - began))
  else
    failed=$((failed + 1))
    failures+=("$name")
    printf -- '--- %s: FAILED (status %d) after %d s\n' "$name" "$status" $((SECONDS - began))
  fi
}

left_out() {
  printf '\n=== %s\n--- %s: left out, %s\n' "$1" "$1" "$2"
}

finish() {
  printf '\n%d s in all\n' "$SECONDS"
  [ "$failed" -eq 0 ] || printf 'failed: %s\n' "${failures[@]}"
  printf '%d passed, %d failed\n' "$passed" "$failed"
  [ "$failed" -eq 0 ]
  exit
}
