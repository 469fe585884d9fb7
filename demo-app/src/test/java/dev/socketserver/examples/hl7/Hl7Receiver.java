package dev.socketserver.examples.hl7;

import java.io.IOException;

import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

@SocketHandler("hl7")
class Hl7Receiver {

	private static final Logger logger = LoggerFactory.getLogger(Hl7Receiver.class);

	private final MessageStore store;

	Hl7Receiver(MessageStore store) {
		this.store = store;
	}

	@OnMessage
	Hl7Message receive(Hl7Message message) throws IOException, IncompleteMessageException {
		if (!message.header(9).startsWith("ADT")) {
			return message.acknowledge("AR", "MSH-9 is not supported");
		}
		if (message.header(10).isEmpty()) {
			throw new IncompleteMessageException("MSH-10");
		}
		if (!message.hasSegment("PID")) {
			throw new IncompleteMessageException("PID");
		}
		this.store.store(message);
		return message.acknowledge("AA", "");
	}

	/** The message is wrong, and will be as wrong when it is sent again. */
	@OnError
	Hl7Message refuse(IncompleteMessageException failure, Hl7Message message) {
		return message.acknowledge("AE", failure.missing() + " is missing");
	}

	/** The message may be right: the sender should keep it, and send it again later. */
	@OnError
	Hl7Message postpone(Exception failure, Hl7Message message, SocketSession session) {
		logger.error("A message of session {} could not be stored", session.id(), failure);
		return message.acknowledge("AR", "not stored");
	}

}
