package dev.socketserver.exchange;

import dev.socketserver.OutboundFullException;
import dev.socketserver.RequestTimeoutException;
import dev.socketserver.SessionClosedException;
import dev.socketserver.client.ClientClosedException;
import dev.socketserver.client.NotReadyException;
import dev.socketserver.client.RequestNotSentException;
import dev.socketserver.cluster.DeliveryException;
import dev.socketserver.engine.log.SafeLogger;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * Answers requests of HTTP whose controller has failed because a peer could not be asked:
 * 504 where no reply came in time, 503 where there is no connection or its output is
 * full, 404 where no session has the identity. Each is one line of log. An application
 * opts in with {@code @Import(SocketExceptionHandler.class)}; it serves WebMVC and
 * WebFlux.
 */
@RestControllerAdvice
public class SocketExceptionHandler {

	private static final SafeLogger logger = SafeLogger.of(SocketExceptionHandler.class);

	/**
	 * Answers a failure.
	 * @param failure the failure, or what it has caused
	 * @return the answer, whose detail says what happened
	 */
	@ExceptionHandler({ RequestTimeoutException.class, SessionClosedException.class, ClientClosedException.class,
			NotReadyException.class, OutboundFullException.class, DeliveryException.class })
	public ResponseEntity<ProblemDetail> failed(Exception failure) {
		Throwable known = known(failure);
		HttpStatus status = status(known);
		logger.warn("A peer could not be asked; the request is answered with status {}: {}", status.value(),
				known.getMessage());
		return ResponseEntity.status(status)
			.body(ProblemDetail.forStatusAndDetail(status, String.valueOf(known.getMessage())));
	}

	/** The failure may be the cause of what the controller has thrown. */
	private static Throwable known(Throwable failure) {
		for (Throwable each = failure; each != null; each = each.getCause()) {
			if (isKnown(each)) {
				return each;
			}
		}
		return failure;
	}

	private static boolean isKnown(Throwable failure) {
		return failure instanceof RequestTimeoutException || failure instanceof SessionClosedException
				|| failure instanceof ClientClosedException || failure instanceof NotReadyException
				|| failure instanceof OutboundFullException || failure instanceof DeliveryException;
	}

	private static HttpStatus status(Throwable failure) {
		if (failure instanceof DeliveryException delivery) {
			return switch (delivery.delivery()) {
				case NO_SESSION -> HttpStatus.NOT_FOUND;
				case NODE_UNREACHABLE -> HttpStatus.GATEWAY_TIMEOUT;
				case WRITTEN, GONE, REFUSED, DIRECTORY_UNAVAILABLE -> HttpStatus.SERVICE_UNAVAILABLE;
			};
		}
		return (failure instanceof RequestTimeoutException && !(failure instanceof RequestNotSentException))
				? HttpStatus.GATEWAY_TIMEOUT : HttpStatus.SERVICE_UNAVAILABLE;
	}

}
