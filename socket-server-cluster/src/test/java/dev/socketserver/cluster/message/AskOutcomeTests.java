package dev.socketserver.cluster.message;

import java.io.IOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;

import dev.socketserver.RequestTimeoutException;
import dev.socketserver.client.RequestNotSentException;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.DeliveryException;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AskOutcomeTests {

	@Test
	void whoAsksGetsWhatTheOtherNodeSaysOfTheRequest() {
		assertThatReported(new RequestTimeoutException("late")).isExactlyInstanceOf(RequestTimeoutException.class)
			.hasMessage("late");
		assertThatReported(new CompletionException(new RequestNotSentException("full")))
			.isExactlyInstanceOf(RequestNotSentException.class)
			.hasMessage("full");
		assertThatReported(new DeliveryException(Delivery.GONE, "gone")).isInstanceOfSatisfying(DeliveryException.class,
				(failure) -> assertThat(failure.delivery()).isEqualTo(Delivery.GONE));
		assertThatReported(new IOException()).isInstanceOfSatisfying(DeliveryException.class,
				(failure) -> assertThat(failure.delivery()).isEqualTo(Delivery.REFUSED));
		assertThatReported(new TimeoutException()).isExactlyInstanceOf(RequestTimeoutException.class)
			.hasMessage("java.util.concurrent.TimeoutException");
	}

	private static AbstractThrowableAssert<?, ?> assertThatReported(Throwable failure) {
		Fields fields = new Fields();
		AskOutcome.write(failure, fields);
		return assertThat(AskOutcome.failure(Reply.read(fields)));
	}

}
