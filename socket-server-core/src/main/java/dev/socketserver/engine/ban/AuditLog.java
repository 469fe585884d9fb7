package dev.socketserver.engine.ban;

import java.net.InetAddress;

import dev.socketserver.address.AddressBan;
import dev.socketserver.address.Addresses;
import dev.socketserver.engine.log.SafeLogger;

/**
 * One line for each offence and each ban, in a form that programs read, such as fail2ban.
 * Texts are escaped by the caller.
 */
final class AuditLog {

	private static final SafeLogger logger = SafeLogger.of("dev.socketserver.audit");

	private AuditLog() {
	}

	static void offence(String server, InetAddress address, String reason) {
		logger.info("offence server={} address={} reason={}", server, Addresses.format(address), reason);
	}

	static void ban(String server, AddressBan ban) {
		logger.info("ban server={} address={} until={}", server, ban.address(), ban.until());
	}

}
