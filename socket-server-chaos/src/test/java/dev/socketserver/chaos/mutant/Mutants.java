package dev.socketserver.chaos.mutant;

import java.util.List;

import static dev.socketserver.chaos.mutant.Changes.not;
import static dev.socketserver.chaos.mutant.Changes.nothing;
import static dev.socketserver.chaos.mutant.Changes.plus;
import static dev.socketserver.chaos.mutant.Changes.returning;
import static dev.socketserver.chaos.mutant.Changes.twice;
import static dev.socketserver.chaos.mutant.Changes.without;

/**
 * The mistakes that the harness has to find.
 */
final class Mutants {

	static final List<Mutant> ALL = List.of(
			new CodeMutant("a permit is never given back", "engine.server.ServerRun", "leaving", without("release")),
			new CodeMutant("a permit is given back twice", "engine.server.ServerRun", "leaving", twice("release")),
			new CodeMutant("the permit of an address is never given back", "netty.server.NettyServerPort", "permitFree",
					without("release")),
			new CodeMutant("an accepted connection is not counted", "engine.server.ConnectionIntake", "accepted",
					without("countAccepted")),
			new CodeMutant("an end is not counted", "engine.session.SessionEnding", "finished", without("countClosed")),
			new CodeMutant("a session ends twice", "engine.handlers.MessageInvoker", "closed", twice("finished")),
			new CodeMutant("an ended session stays listed", "engine.session.SessionRegistry", "remove",
					without("remove")),
			new CodeMutant("the handler is not told of the end", "engine.handlers.MessageInvoker", "closed",
					without("closed", 1)),
			new CodeMutant("a callback is lost", "engine.session.SendCallbacks$Callback", "run", without("accept")),
			new CodeMutant("a callback is called twice", "engine.session.SendCallbacks$Callback", "completed",
					twice("callback")),
			new CodeMutant("a byte of a line is dropped", "framing.codec.LineFraming$Decoder", "next",
					plus("position", 1)),
			new CodeMutant("a wrong checksum is not seen", "framing.checksum.ChecksumForm", "matches", returning(true)),
			new CodeMutant("a heartbeat is not answered", "engine.input.HeartbeatExchange", "answer", nothing()),
			new CodeMutant("a heartbeat is a message, too", "engine.input.HeartbeatExchange", "take", returning(false)),
			new CodeMutant("a reply is sent twice", "engine.session.Session", "reply", twice("addOnLoop")),
			new CodeMutant("room in the inbox is not told", "engine.input.InputRoom", "taken", returning(false)),
			new CodeMutant("writes that have left are not counted", "engine.output.WriteBatch", "left",
					without("countSent")),
			new CodeMutant("the idle timeout is forgotten", "engine.watchdog.TimeoutEnforcer", "checkIdle", nothing()),
			new CodeMutant("the timeout of frames is ignored", "engine.watchdog.TimeoutEnforcer", "checkInput",
					returning(false)),
			new CodeMutant("the timeout of writes is ignored", "engine.watchdog.TimeoutEnforcer", "checkOutput",
					returning(false)),
			new CodeMutant("the deadline of a handshake is ignored", "netty.accept.PendingConnection", "late",
					nothing()),
			new CodeMutant("the deadline of a request is ignored", "engine.requests.SessionRequests", "endWait",
					returning(true)),
			new CodeMutant("requests of a lost connection wait on", "engine.requests.PendingRequests", "close",
					nothing()),
			new CodeMutant("a drain forgets sessions", "engine.drain.Picker", "next", not("closing")),
			new CodeMutant("a stop tells nobody", "engine.state.SessionEnd", "stop", returning(false)),
			new CodeMutant("the farewell is not said", "engine.session.SessionSends", "farewell", nothing()),
			new CodeMutant("a pause of a session is ignored", "engine.session.Session", "hold", returning(true)),
			new CodeMutant("everybody is a proxy", "admission.PeerRules", "isProxy", returning(true)),
			new CodeMutant("a stuck call is not reported", "engine.watchdog.StuckCalls", "check", without("count")),
			new CodeMutant("a new certificate is not used", "netty.tls.ServerTls$Current", "replaced", nothing()),
			new CodeMutant("a late reply is not counted", "engine.requests.PendingRequests", "deliver",
					without("count")),
			new CodeMutant("a client forgets to connect again", "engine.connect.ClientConnections", "waited",
					nothing()),
			new CodeMutant("a request of a client has no end", "engine.client.ClientRequests", "expire", nothing()),
			new CodeMutant("requests of a client's lost connection wait on", "engine.connect.ClientConnection",
					"sessionEnded", without("close")),
			new CodeMutant("what waits in a client is not sent on the next connection", "engine.client.ClientOutbox",
					"attach", nothing()),
			new ScriptMutant("the lease of a node never expires", "renew", "now - of.renewed > of.lease", "false"),
			new ScriptMutant("the next owner has no greater token", "claim",
					"math.max(top + 1, now, tonumber(ARGV[5]) + 1)", "math.max(top, tonumber(ARGV[5]))"),
			new ScriptMutant("a release removes whoever has the identity", "release",
					"if row and string.match(row, '^%d+') == token then\n\t\tcall('HDEL', KEYS[i], field)",
					"if row ~= 0 then\n\t\tredis.call('DEL', KEYS[i])"),
			new ScriptMutant("whoever loses an identity does not hear of it", "claim",
					"subtract(row.node, row.life, row.token)\n\t\t\tevicted[#evicted + 1] = row.shown", ""),
			new CodeMutant("an eviction is not obeyed", "cluster.node.Claims", "lose", nothing()),
			new CodeMutant("a node does not claim again what Redis has lost", "cluster.node.Reconciliation", "send",
					nothing()));

	private Mutants() {
	}

}
