package dev.socketserver.examples.ssdp;

import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import org.jspecify.annotations.Nullable;

@SocketHandler("ssdp")
class SsdpResponder {

	private static final String ANSWER = """
			HTTP/1.1 200 OK
			CACHE-CONTROL: max-age=1800
			EXT:
			LOCATION: http://%s:8080/device.xml
			ST: urn:example:device:meter:1
			USN: uuid:7f0c::urn:example:device:meter:1

			""".replace("\n", "\r\n");

	/** Answers from the address by which whoever searches has reached us. */
	@OnMessage
	@Nullable String search(String request, SocketSession session) {
		boolean search = session.group() != null && request.startsWith("M-SEARCH ");
		return search ? ANSWER.formatted(session.localAddress().getAddress().getHostAddress()) : null;
	}

}
