package dev.socketserver.examples.syslog;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.examples.syslog.Records.Severity;

@SocketHandler({ "syslog", "syslog-tcp" })
class SyslogReceiver {

	/** The priority, in front of what RFC 5424 or RFC 3164 says. */
	private static final Pattern MESSAGE = Pattern.compile("<([0-9]{1,3})>(.*)", Pattern.DOTALL);

	/** For messages without a priority (RFC 3164, section 4.3.3). */
	private static final int USER_NOTICE = 13;

	private final Records records;

	SyslogReceiver(Records records) {
		this.records = records;
	}

	@OnMessage
	void receive(String message, SocketSession session) {
		Matcher parts = MESSAGE.matcher(message);
		boolean matches = parts.matches();
		int priority = matches ? Integer.parseInt(parts.group(1)) : USER_NOTICE;
		String host = session.remoteAddress().getAddress().getHostAddress();
		this.records.add(new Records.Record(host, priority / 8, Severity.values()[priority % 8],
				(matches ? parts.group(2) : message).strip()));
	}

}
