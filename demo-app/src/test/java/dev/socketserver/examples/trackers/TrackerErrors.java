package dev.socketserver.examples.trackers;

import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.SocketHandlerAdvice;
import dev.socketserver.examples.trackers.Trackers.Nack;
import dev.socketserver.handler.IdentityMissingException;
import dev.socketserver.handler.UnmappedMessageException;
import dev.socketserver.payload.PayloadException;
import dev.socketserver.payload.PayloadValidationException;

import org.springframework.core.NestedRuntimeException;

@SocketHandlerAdvice("trackers")
class TrackerErrors {

	@OnError
	Nack invalid(PayloadValidationException failure) {
		return new Nack("invalid: " + failure.violations().get(0).path());
	}

	@OnError
	Nack unreadable(PayloadException failure) {
		return new Nack("unreadable");
	}

	@OnError
	Nack unknown(UnmappedMessageException failure) {
		return new Nack("unknown: " + failure.key());
	}

	@OnError
	Nack stranger(IdentityMissingException failure) {
		return new Nack("log in first");
	}

	@OnError
	Nack notStored(NestedRuntimeException failure) {
		return new Nack("not stored, send it again");
	}

}
