package dev.socketserver.repl;

import java.time.Duration;

import dev.socketserver.SocketSession;
import dev.socketserver.address.Addresses;
import dev.socketserver.repl.evaluate.ValueText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs who had what evaluated, before it is evaluated: all input except passwords, and no
 * results. Safe for use by several threads.
 */
final class EvaluationLog {

	/** A logger of its own, so that its lines can go to a place of their own. */
	static final String NAME = "dev.socketserver.repl.audit";

	private static final Logger logger = LoggerFactory.getLogger(NAME);

	/** How many refusals in an interval are logged one by one: peers can provoke them. */
	private static final int REFUSALS = 20;

	private static final long INTERVAL = Duration.ofSeconds(10).toNanos();

	private long since = System.nanoTime();

	private int refused;

	void evaluated(SocketSession session, String workspace, String input) {
		if (session.id().equals(workspace)) {
			logger.info("{} from {}: {}", session.id(), peer(session), ValueText.logged(input));
		}
		else {
			logger.info("{} from {}, in {}: {}", session.id(), peer(session), workspace, ValueText.logged(input));
		}
	}

	/** Logs an evaluation that was not typed in a console. */
	void evaluatedFromOutside(String workspace, String input) {
		logger.info("API or actuator, in {}: {}", workspace, ValueText.logged(input));
	}

	/**
	 * Logs that a peer was refused. Of many refusals in a short time only the first are
	 * logged; the number of the others is logged with the first one after that time.
	 */
	void refused(SocketSession session, String why) {
		int unlogged = unlogged();
		if (unlogged >= 0) {
			if (unlogged > 0) {
				logger.warn("{} more peers were refused", unlogged);
			}
			logger.warn("{} from {} refused: {}", session.id(), peer(session), why);
		}
	}

	/**
	 * Returns how many refusals were not logged until now, or -1 if this one is not to be
	 * logged either.
	 */
	private synchronized int unlogged() {
		long now = System.nanoTime();
		if (now - this.since < INTERVAL) {
			this.refused++;
			return (this.refused <= REFUSALS) ? 0 : -1;
		}
		int unlogged = Math.max(0, this.refused - REFUSALS);
		this.since = now;
		this.refused = 1;
		return unlogged;
	}

	void named(SocketSession session, String name) {
		logger.info("{} from {} is called {}", session.id(), peer(session), ValueText.logged(name));
	}

	void admitted(SocketSession session) {
		logger.info("{} from {} gave the password", session.id(), peer(session));
	}

	private static String peer(SocketSession session) {
		return Addresses.format(session.remoteAddress());
	}

}
