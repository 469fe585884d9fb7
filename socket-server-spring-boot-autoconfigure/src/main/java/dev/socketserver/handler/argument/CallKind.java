package dev.socketserver.handler.argument;

import java.lang.annotation.Annotation;

import dev.socketserver.annotation.OnClose;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.annotation.SessionDetails;

/**
 * The kinds of annotated methods, by when they are called.
 */
public enum CallKind {

	/** When a session opens. */
	OPEN(OnOpen.class, ""),

	/** For each message. */
	MESSAGE(OnMessage.class, "one for the message, SocketMessage, Instant, "),

	/** For a failure. */
	ERROR(OnError.class, "an exception, the message, as @OnMessage takes it, "),

	/** When a session has closed. */
	CLOSE(OnClose.class, "CloseStatus, "),

	/** For operators. */
	DETAILS(SessionDetails.class, "");

	private final Class<? extends Annotation> annotation;

	private final String subject;

	CallKind(Class<? extends Annotation> annotation, String subject) {
		this.annotation = annotation;
		this.subject = subject;
	}

	/**
	 * Returns the annotation of such methods.
	 * @return the type of the annotation
	 */
	public Class<? extends Annotation> annotation() {
		return this.annotation;
	}

	/**
	 * Returns the annotation, as it is written in code.
	 * @return the text
	 */
	public String text() {
		return "@" + this.annotation.getSimpleName();
	}

	/**
	 * Returns the parameters that such a method may have, as part of a sentence.
	 * @return the text
	 */
	public String parameters() {
		return this.subject + "SocketSession, List<String> for the args, Principal, "
				+ "@Identity String, @SessionAttribute, @AuthenticationPrincipal with Spring Security, "
				+ "and what a SocketArgumentResolver bean supports";
	}

}
