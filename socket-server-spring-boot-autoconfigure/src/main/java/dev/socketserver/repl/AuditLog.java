package dev.socketserver.repl;

import dev.socketserver.Addresses;
import dev.socketserver.SocketSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells who had what evaluated, before it is: all input but passwords, and no results.
 */
final class AuditLog {

	/** Of its own, so that it can go to a place of its own. */
	static final String NAME = "dev.socketserver.repl.audit";

	private static final Logger logger = LoggerFactory.getLogger(NAME);

	private AuditLog() {
	}

	static void evaluated(SocketSession session, String workspace, String input) {
		if (session.id().equals(workspace)) {
			logger.info("{} from {}: {}", session.id(), peer(session), ValueText.logged(input));
		}
		else {
			logger.info("{} from {}, in {}: {}", session.id(), peer(session), workspace, ValueText.logged(input));
		}
	}

	/** Something was evaluated that came on no session of a console. */
	static void evaluatedFromOutside(String workspace, String input) {
		logger.info("API or actuator, in {}: {}", workspace, ValueText.logged(input));
	}

	static void refused(SocketSession session, String why) {
		logger.warn("{} from {} refused: {}", session.id(), peer(session), why);
	}

	static void named(SocketSession session, String name) {
		logger.info("{} from {} is called {}", session.id(), peer(session), ValueText.logged(name));
	}

	static void admitted(SocketSession session) {
		logger.info("{} from {} gave the password", session.id(), peer(session));
	}

	private static String peer(SocketSession session) {
		return Addresses.format(session.remoteAddress());
	}

}
