package dev.socketserver.handler.bean;

import java.lang.annotation.Annotation;

import dev.socketserver.annotation.OnClose;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.annotation.SessionDetails;

/**
 * The kinds of annotated methods, by when they are called.
 */
enum CallKind {

	OPEN(OnOpen.class, ""),

	MESSAGE(OnMessage.class, "one for the message, "),

	ERROR(OnError.class, "an exception, the message, as @OnMessage takes it, "),

	CLOSE(OnClose.class, "CloseStatus, "),

	DETAILS(SessionDetails.class, "");

	private final Class<? extends Annotation> annotation;

	private final String subject;

	CallKind(Class<? extends Annotation> annotation, String subject) {
		this.annotation = annotation;
		this.subject = subject;
	}

	Class<? extends Annotation> annotation() {
		return this.annotation;
	}

	/** The annotation, as it is written in code. */
	String text() {
		return "@" + this.annotation.getSimpleName();
	}

	/** The parameters that such a method may have, as part of a sentence. */
	String parameters() {
		return this.subject + "SocketSession, and List<String> for the args";
	}

}
