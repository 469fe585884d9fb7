package dev.socketserver.autoconfigure.tls;

import java.util.Locale;

import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.annotation.SocketHandler;
import org.jspecify.annotations.Nullable;

/**
 * The server of {@code docs/tls.md} that takes mails, once the connection is encrypted.
 */
@SocketHandler("mail")
class Mail {

	@OnOpen
	String greet() {
		return "220 mail.example.com ESMTP";
	}

	@OnMessage
	@Nullable String handle(String line, SocketSession session) {
		if (session.attributes().containsKey("data")) {
			return line.equals(".") ? end(session) : null;
		}
		return switch (line.split("[ :]")[0].toUpperCase(Locale.ROOT)) {
			case "EHLO" -> session.secure() ? "250 mail.example.com" : "250-mail.example.com\r\n250 STARTTLS";
			case "STARTTLS" -> startTls(session);
			case "QUIT" -> quit(session);
			default -> session.secure() ? mail(line, session) : "530 Must issue a STARTTLS command first";
		};
	}

	private String startTls(SocketSession session) {
		if (session.secure()) {
			return "503 TLS already active";
		}
		session.startTls();
		return "220 Go ahead";
	}

	private String mail(String line, SocketSession session) {
		if (line.equalsIgnoreCase("DATA")) {
			session.attributes().put("data", true);
			return "354 End with a dot";
		}
		return "250 OK";
	}

	private String end(SocketSession session) {
		session.attributes().remove("data");
		return "250 Accepted";
	}

	private String quit(SocketSession session) {
		session.close();
		return "221 Bye";
	}

}
