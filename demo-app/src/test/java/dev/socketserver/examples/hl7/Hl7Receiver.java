package dev.socketserver.examples.hl7;

import java.io.IOException;
import java.util.Set;

import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

@SocketHandler("hl7")
class Hl7Receiver {

	private static final Logger logger = LoggerFactory.getLogger(Hl7Receiver.class);

	/** Admission, discharge and update. All of them have a PID. */
	private static final Set<String> EVENTS = Set.of("A01", "A03", "A08");

	private final MessageStore store;

	Hl7Receiver(MessageStore store) {
		this.store = store;
	}

	@OnMessage
	Hl7Message receive(Hl7Message message) throws IOException, RefusedException {
		check(message.header(9, 1).equals("ADT"), "AR", "200", "the message type is not supported");
		check(EVENTS.contains(message.header(9, 2)), "AR", "201", "the event is not supported");
		check(message.header(11, 1).equals("P"), "AR", "202", "MSH-11 is not P");
		check(message.header(12, 1).equals("2.5"), "AR", "203", "MSH-12 is not 2.5");
		check(!message.header(10).isEmpty(), "AE", "101", "MSH-10 is missing");
		check(message.hasSegment("PID"), "AE", "100", "PID is missing");
		this.store.store(message);
		return message.acknowledge("AA");
	}

	private void check(boolean right, String code, String error, String text) throws RefusedException {
		if (!right) {
			throw new RefusedException(code, error, text);
		}
	}

	/** The message will be refused again if it is sent again. */
	@OnError
	Hl7Message refuse(RefusedException failure, Hl7Message message) {
		return failure.answerTo(message);
	}

	/** The message may be right: the sender should keep it, and send it again later. */
	@OnError
	Hl7Message postpone(Exception failure, Hl7Message message, SocketSession session) {
		logger.error("A message of session {} could not be stored", session.id(), failure);
		return message.acknowledge("AR", "207", "not stored");
	}

}
