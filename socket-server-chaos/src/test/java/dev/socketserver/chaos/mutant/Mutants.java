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
			new Mutant("a permit is never given back", "netty.server.ServerRun", "connectionEnded", without("release")),
			new Mutant("a permit is given back twice", "netty.server.ServerRun", "connectionEnded", twice("release")),
			new Mutant("the permit of an address is never given back", "netty.server.ListeningRun", "permitFree",
					without("release")),
			new Mutant("an accepted connection is not counted", "netty.accept.ConnectionIntake", "accepted",
					without("countAccepted")),
			new Mutant("an end is not counted", "engine.session.Session", "finished", without("countClosed")),
			new Mutant("a session ends twice", "engine.handlers.MessageInvoker", "closed", twice("finished")),
			new Mutant("an ended session stays listed", "engine.session.SessionRegistry", "remove", without("remove")),
			new Mutant("the handler is not told of the end", "engine.handlers.MessageInvoker", "closed",
					without("closed", 1)),
			new Mutant("a callback is lost", "engine.session.SendCallbacks$Callback", "run", without("accept")),
			new Mutant("a callback is called twice", "engine.session.SendCallbacks$Callback", "completed",
					twice("callback")),
			new Mutant("a byte of a line is dropped", "framing.codec.LineFraming$Decoder", "next", plus("position", 1)),
			new Mutant("a reply is sent twice", "engine.session.SendingSession", "reply", twice("addOnLoop")),
			new Mutant("room in the inbox is not told", "engine.input.Inbox", "taken", returning(false)),
			new Mutant("writes that have left are not counted", "engine.output.Outbox", "done", without("countSent")),
			new Mutant("the idle timeout is forgotten", "engine.watchdog.TimeoutEnforcer", "checkIdle", nothing()),
			new Mutant("the timeout of frames is ignored", "engine.watchdog.TimeoutEnforcer", "checkInput",
					returning(false)),
			new Mutant("the timeout of writes is ignored", "engine.watchdog.TimeoutEnforcer", "checkOutput",
					returning(false)),
			new Mutant("the deadline of a handshake is ignored", "netty.accept.PendingConnection", "late", nothing()),
			new Mutant("the deadline of a request is ignored", "engine.requests.SessionRequests", "endWait",
					returning(true)),
			new Mutant("requests of a lost connection wait on", "engine.requests.PendingRequests", "close", nothing()),
			new Mutant("a drain forgets sessions", "engine.drain.Picker", "next", not("closing")),
			new Mutant("a stop tells nobody", "engine.session.Session", "stop", not("advance")),
			new Mutant("the farewell is not said", "engine.session.Session", "farewell", nothing()),
			new Mutant("a pause of a session is ignored", "engine.session.Session", "hold", returning(true)),
			new Mutant("everybody is a proxy", "admission.Admission", "isProxy", returning(true)),
			new Mutant("a stuck call is not reported", "engine.watchdog.StuckCalls", "check", without("countStuck")),
			new Mutant("a new certificate is not used", "netty.tls.ServerTls$Current", "replaced", nothing()),
			new Mutant("a late reply is not counted", "engine.requests.PendingRequests", "deliver",
					without("countReplyDropped")));

	private Mutants() {
	}

}
