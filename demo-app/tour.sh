#!/usr/bin/env bash
# A walk through the demo, which must be running: it shows each request and its answer, and stops at the first that is not
# as expected. Needs nc and curl; an nc that cannot end its output, or no nc at all, is replaced by docs/Probe.java.
# Other scripts source this file for its functions.
set -euo pipefail

tour_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

fail() {
	echo "FAILED: $*" >&2
	exit 1
}

# equals WHAT EXPECTED ACTUAL
equals() {
	[[ $3 == "$2" ]] || fail "$1: expected $2, got $3"
	echo "$1: $3"
}

# contains WHAT EXPECTED ACTUAL
contains() {
	[[ $3 == *"$2"* ]] || fail "$1: expected $2 in $3"
	echo "$1: $2"
}

# within WHAT COMMAND...: repeats the command until it succeeds, on the slowest machine.
within() {
	local limit=$((SECONDS + 300)) what=$1
	shift
	until "$@"; do
		((SECONDS < limit)) || fail "$what"
		if [[ -n ${demo-} ]] && ! kill -0 "$demo" 2>/dev/null; then
			fail "$what: the demo has ended"
		fi
		sleep 0.2
	done
}

# is_open PORT
is_open() {
	(exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

is_closed() {
	! is_open "$1"
}

has_nc() {
	command -v nc >/dev/null && nc -h 2>&1 | grep -- -N >/dev/null
}

# talk PORT TEXT: sends the text, ends the output and prints the answer.
talk() {
	if has_nc; then
		printf '%b' "$2" | timeout 60 nc -N localhost "$1"
	else
		local lines
		mapfile -t lines < <(printf '%b' "$2")
		timeout 60 "${JAVA_HOME:+$JAVA_HOME/bin/}java" "$tour_folder/../docs/Probe.java" "$1" "${lines[@]}"
	fi
}

# http METHOD PATH [BODY]: prints the body of the answer.
http() {
	local method=$1 path=$2 body=${3-}
	curl -sS --max-time 60 -X "$method" ${body:+-H 'Content-Type: application/json' -d "$body"} "http://localhost:8080$path"
}

# status METHOD PATH [BODY]: prints the status of the answer.
status() {
	local method=$1 path=$2 body=${3-}
	curl -sS --max-time 60 -o /dev/null -w '%{http_code}' -X "$method" \
		${body:+-H 'Content-Type: application/json' -d "$body"} "http://localhost:8080$path"
}

has_state() {
	[[ $(http GET "/actuator/socketservers/$1") == *"\"state\":\"$2\""* ]]
}

client_has_state() {
	[[ $(http GET "/actuator/socketclients/$1") == *"\"state\":\"$2\""* ]]
}

# has_line FILE TEXT
has_line() {
	grep -qF -- "$2" "$1"
}

# ended_with REASON
ended_with() {
	[[ $(http GET '/actuator/socketsessions?closed=true&server=chat') == *"\"reason\":\"$1\""* ]]
}

tour_messages() {
	echo "--- One request, one reply"
	equals upper 'HELLO, WORLD!' "$(talk 8888 'Hello, World!\r\n')"
	equals "two lines at once" $'ONE\nTWO' "$(talk 8888 'one\ntwo\n')"
	echo "--- Blocking code with streams"
	equals talk "You sent: 'Hello'" "$(talk 10244 'Hello\n')"
	echo "--- Binary frames with a length"
	if has_nc; then
		equals frames '00000003616263' "$(talk 8890 '\0\0\0\3abc' | od -An -tx1 | tr -d ' \n')"
	fi
	echo "--- A console"
	contains console 'HELLO, CONSOLE' "$(talk 8891 "@upper.apply('Hello, console')\\n")"
}

# A session that stays, to look at it, send to it and close it.
tour_sessions() {
	echo "--- Sessions"
	local heard id
	heard=$(mktemp)
	exec 5<>/dev/tcp/127.0.0.1/8889
	cat <&5 >"$heard" &
	local reader=$!
	printf '/name Tom\n' >&5
	within "the chat does not greet" has_line "$heard" 'is now Tom'
	contains "the list of sessions" '"total":1' "$(http GET '/actuator/socketsessions?server=chat')"
	id=$(http GET '/actuator/socketsessions?server=chat' | sed 's/.*"id":"\([^"]*\)".*/\1/')
	contains "one session" '"name":"Tom"' "$(http GET "/actuator/socketsessions/$id")"
	contains "send to it" '"sent"' "$(http POST "/actuator/socketsessions/$id" '{"action":"send","payload":"from an operator"}')"
	within "the session has not got it" has_line "$heard" 'from an operator'
	contains "ask it, without an answer" 504 "$(status POST "/actuator/socketsessions/$id" '{"action":"ask","payload":"?","timeout":"1s"}')"
	equals "close it" 204 "$(status DELETE "/actuator/socketsessions/$id")"
	within "the session does not end" ended_with OPERATOR_CLOSED
	wait "$reader"
	exec 5>&-
	rm -f "$heard"
	equals "a session that never was" 404 "$(status GET /actuator/socketsessions/chat-999999)"
}

# What one session says and gets, and what is kept of those that fail.
tour_taps() {
	echo "--- Taps"
	local tap
	tap=$(http POST /actuator/sockettaps '{"server":"upper","next":"true","for":"1m"}')
	contains "tap the next connection" '"state":"RUNNING"' "$tap"
	tap=$(sed 's/.*"id":"\([^"]*\)".*/\1/' <<<"$tap")
	equals upper 'TAP ME' "$(talk 8888 'Tap me\n')"
	within "the tap has not got the end" tap_has "$tap" '! PEER_CLOSED'
	contains "its transcript" '< "TAP ME\n"' "$(http GET "/actuator/sockettaps/$tap?format=text")"
	contains "its capture for Wireshark" a1b2c3d4 "$(http GET "/actuator/sockettaps/$tap" | od -An -tx1 -N4 | tr -d ' \n')"
	equals "forget it" 204 "$(status DELETE "/actuator/sockettaps/$tap")"
}

# tap_has ID TEXT
tap_has() {
	[[ $(http GET "/actuator/sockettaps/$1?format=text") == *"$2"* ]]
}

# Two sessions hear each other; then a filter closes both.
tour_many() {
	echo "--- A broadcast, and many sessions at once"
	local heard
	heard=$(mktemp)
	exec 5<>/dev/tcp/127.0.0.1/8889 6<>/dev/tcp/127.0.0.1/8889
	cat <&5 >"$heard" &
	local reader=$!
	within "the first has not joined" has_line "$heard" joined
	printf 'hello, all\n' >&6
	within "the first does not hear the second" has_line "$heard" 'hello, all'
	echo "one hears the other: $(grep 'hello, all' "$heard")"
	equals "a filter is needed" 400 "$(status DELETE /actuator/socketsessions)"
	equals "close those of the chat" '{"closed":2}' "$(http DELETE '/actuator/socketsessions?server=chat')"
	wait "$reader"
	exec 5>&- 6>&-
	rm -f "$heard"
}

tour_clients() {
	echo "--- A client, which connects again by itself"
	within "the client meter does not connect" client_has_state meter CONNECTED
	contains "list of clients" '{"clients":[{"name":"meter","state":"CONNECTED"' "$(http GET /actuator/socketclients)"
	contains "disconnect meter" '"suspended":true' "$(http POST /actuator/socketclients/meter '{"action":"disconnect"}')"
	contains "reconnect meter" '"suspended":false' "$(http POST /actuator/socketclients/meter '{"action":"reconnect"}')"
	within "the client meter does not reconnect" client_has_state meter CONNECTED
}

tour_servers() {
	echo "--- Stop, start, pause, resume"
	local servers
	servers=$(http GET /actuator/socketservers)
	for name in upper talk chat frames console; do
		contains "list of servers" "\"name\":\"$name\",\"state\":\"RUNNING\"" "$servers"
	done
	contains "stop upper" '"name":"upper"' "$(http POST /actuator/socketservers/upper '{"action":"stop"}')"
	within "upper still listens after it was stopped" is_closed 8888
	within "upper did not stop" has_state upper STOPPED
	equals "talk, with upper stopped" "You sent: 'Still there?'" "$(talk 10244 'Still there?\n')"
	contains "start upper" '"state":"RUNNING"' "$(http POST /actuator/socketservers/upper '{"action":"start"}')"
	equals "upper, started again" 'HELLO AGAIN' "$(talk 8888 'Hello again\n')"
	contains "pause upper" '"state":"PAUSED"' "$(http POST /actuator/socketservers/upper '{"action":"pause"}')"
	contains "its health" '"status":"OUT_OF_SERVICE"' "$(http GET /actuator/health/socketServers/upper)"
	contains "resume upper" '"state":"RUNNING"' "$(http POST /actuator/socketservers/upper '{"action":"resume"}')"
	equals "start it twice" 409 "$(status POST /actuator/socketservers/upper '{"action":"start"}')"
	contains "drain talk" '"name":"talk"' "$(http POST /actuator/socketservers/talk '{"action":"drain","timeout":"5s"}')"
	within "talk did not drain" has_state talk STOPPED
	contains "start talk" '"state":"RUNNING"' "$(http POST /actuator/socketservers/talk '{"action":"start"}')"
}

tour_operation() {
	echo "--- Health, meters and the page"
	contains health '"status":"UP"' "$(http GET /actuator/health/socketServers)"
	contains "meters of servers" 'socket_server_sessions_active{server="upper"}' "$(http GET /actuator/prometheus)"
	contains "meters of clients" 'socket_client_sessions_active{client="meter"}' "$(http GET /actuator/prometheus)"
	contains "the way to the page" 'url=actuator/socketui' "$(http GET /)"
	contains "the page" '<title>Socket servers</title>' "$(http GET /actuator/socketui)"
	contains "what the page loads" 'export async function discover' "$(http GET /actuator/socketui/actuator.js)"
}

tour() {
	command -v curl >/dev/null || fail "the tour needs curl"
	is_open 8080 || fail "start the demo first: ./mvnw -pl demo-app -am spring-boot:run"
	tour_messages
	tour_sessions
	tour_many
	tour_taps
	tour_clients
	tour_servers
	tour_operation
	echo "The tour ends here."
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
	tour
fi
