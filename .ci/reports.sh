# What .ci/run and .ci/soak read of the reports of tests. No script of its own.

# failed_tests TREE: prints each test that has failed, with the innermost cause, which the stack traces of a build bury.
failed_tests() {
	(cd "$1" && find . -path ./target/newest -prune -o -path '*/target/surefire-reports/TEST-*.xml' -exec awk '
		/<testcase / {
			match($0, / name="[^"]*/); name = substr($0, RSTART + 7, RLENGTH - 7)
			match($0, / classname="[^"]*/); test = substr($0, RSTART + 12, RLENGTH - 12) " " name
		}
		/<(failure|error)[ >]/ { inside = 1; cause = $0; sub(/.*<!\[CDATA\[/, "", cause); sub(/.* message="/, "", cause) }
		# Of a condition that did not come true in time the message tells more than its cause.
		inside && /^Caused by: / && !/TimeoutException$/ { cause = $0 }
		inside && /<\/(failure|error)>/ { inside = 0; print "  " test ": " substr(cause, 1, 300) }' {} + | sort -u)
}

# test_names: reads such lines, and prints the tests as docs/decisions/flaky.md names them: Class.method.
test_names() {
	sed -n 's/^  [a-z0-9_.]*\.\([A-Z][A-Za-z0-9_]*\)[^ ]* \([A-Za-z0-9_]*\).*/\1.\2/p' | sort -u
}

# judge_second_try TABLE: reads such lines of tests that passed on the second try only, and says what the table knows of each.
# Fails if it says that one is mended: it was not. One that it does not name is to be written down. A row that names a class
# only is of all its tests.
judge_second_try() {
	local test class method row mended=0
	while read -r test; do
		class=${test%%.*}
		method=${test#*.}
		row=$(grep -E "^\| \`$class(\`|\.$method(\`|\())" "$1" | tail -n 1 || true)
		if [[ -z $row ]]; then
			echo "$test is not in $1: find the cause, and write it down"
		elif [[ $row == *"| mended |" ]]; then
			echo "$test is mended, says $1, and needed a second try"
			mended=1
		else
			echo "$test is known, and open"
		fi
	done < <(test_names)
	return $mended
}
