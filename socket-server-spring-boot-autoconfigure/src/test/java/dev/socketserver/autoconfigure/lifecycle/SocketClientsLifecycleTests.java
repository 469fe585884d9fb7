package dev.socketserver.autoconfigure.lifecycle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.spec.ConfiguredClient;
import dev.socketserver.autoconfigure.spec.DrainTimeouts;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.cluster.spi.ManagedCluster;
import dev.socketserver.spec.SocketTransport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;

class SocketClientsLifecycleTests {

	private final SocketClients clients = mock(SocketClients.class);

	private final SocketClient one = mock(SocketClient.class);

	private final SocketClient two = mock(SocketClient.class);

	private final AtomicInteger callbacks = new AtomicInteger();

	private final AtomicInteger described = new AtomicInteger();

	private boolean oneStarts = true;

	private final DefaultListableBeanFactory beans = new DefaultListableBeanFactory();

	private final SocketClientsLifecycle lifecycle = new SocketClientsLifecycle(
			new LateBean<>(this.beans, SocketClients.class, "socketClients"), () -> {
				this.described.incrementAndGet();
				return List.of(new ConfiguredClient(List.of(spec("one")), this.oneStarts),
						new ConfiguredClient(List.of(spec("two")), true));
			}, new MockEnvironment().withProperty("socket.event-loop-threads", "500"));

	@BeforeEach
	void prepare() {
		this.beans.registerSingleton("clients", this.clients);
		given(this.clients.register(any())).willReturn(this.one, this.two);
		given(this.clients.client("one")).willReturn(Optional.of(this.one));
		given(this.clients.client("two")).willReturn(Optional.of(this.two));
		given(this.clients.iterator()).willAnswer((invocation) -> List.of(this.one, this.two).iterator());
		given(this.one.name()).willReturn("one");
		given(this.one.spec()).willReturn(spec("one"));
		given(this.one.stop()).willReturn(CompletableFuture.completedFuture(null));
		given(this.two.stop()).willReturn(CompletableFuture.completedFuture(null));
	}

	@Test
	void allClientsStop() {
		this.lifecycle.stop(this.callbacks::incrementAndGet);

		then(this.one).should().stop();
		then(this.two).should().stop();
		assertThat(this.callbacks).hasValue(1);
	}

	@Test
	void clientsAreDescribedOnceAndStartedEachTime() {
		this.lifecycle.start();
		this.lifecycle.stop();
		this.lifecycle.start();

		assertThat(this.described).hasValue(1);
		then(this.one).should(times(2)).start();
		then(this.two).should(times(2)).start();
	}

	@Test
	void aClientThatIsNotToStartIsRegistered() {
		this.oneStarts = false;
		this.lifecycle.start();

		then(this.clients).should(times(2)).register(any());
		then(this.one).should(never()).start();
		then(this.two).should().start();
	}

	@Test
	void whatTheApplicationHasClosedOrIsStoppingHindersNobody() {
		given(this.one.state()).willReturn(ClientState.CLOSED);
		willThrow(new IllegalStateException("it is stopping")).given(this.two).start();

		this.lifecycle.start();

		then(this.one).should(never()).start();
		assertThat(this.lifecycle.isRunning()).isTrue();
	}

	@Test
	void whatTheMachineLacksNamesTheTransport() {
		willThrow(new UnsupportedOperationException("kqueue needs macOS or BSD")).given(this.one).start();

		assertThatExceptionOfType(InvalidSocketPropertyException.class).isThrownBy(this.lifecycle::start)
			.withMessageStartingWith(
					"Property socket.clients.one.transport is 'kqueue': this machine does not have it: "
							+ "kqueue needs macOS or BSD");
	}

	@Test
	void tooManyEventLoopsNameTheirNumber() {
		willThrow(new UncheckedIOException("500 event loops cannot be created", new IOException())).given(this.one)
			.start();

		assertThatExceptionOfType(InvalidSocketPropertyException.class).isThrownBy(this.lifecycle::start)
			.withMessageStartingWith("Property socket.event-loop-threads is '500': "
					+ "client 'one' has no event loops: 500 event loops cannot be created");
	}

	@Test
	void aNameThatTheApplicationHasRegisteredTakesTheOthersBack() {
		given(this.clients.register(any())).willReturn(this.one).willThrow(new IllegalArgumentException("taken"));

		assertThatIllegalArgumentException().isThrownBy(this.lifecycle::start);

		then(this.clients).should().remove("one");
		assertThat(this.lifecycle.isRunning()).isFalse();
	}

	@Test
	void clientsStartAfterServersAndStopBeforeTheyDrain() {
		ConfigurableApplicationContext context = mock(ConfigurableApplicationContext.class);
		SocketServersDrain drain = new SocketServersDrain(mock(), mock(),
				new LateBean<>(this.beans, ManagedCluster.class, "socketCluster"), context,
				new DrainTimeouts(new MockEnvironment()));

		assertThat(this.lifecycle.getPhase()).isGreaterThan(drain.getPhase());
		assertThat(this.lifecycle.isPauseable()).isFalse();
	}

	private static ClientSpec spec(String name) {
		return ClientSpec.builder(name).port(1).transport(SocketTransport.KQUEUE).build();
	}

}
