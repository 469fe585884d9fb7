package dev.socketserver.autoconfigure.lifecycle;

import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.ServerStartException.Problem;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.properties.ServerDefaults.OnStartFailure;
import dev.socketserver.autoconfigure.spec.ConfiguredServer;
import dev.socketserver.autoconfigure.spec.StartPolicy;
import dev.socketserver.operator.ServerOperations;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.context.support.GenericApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.BDDMockito.willAnswer;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.withSettings;

@Tag("virtual-threads")
class SocketServersLifecycleTests {

	private final SocketServers servers = mock(SocketServers.class);

	private final SocketServer one = mock(SocketServer.class, withSettings().extraInterfaces(ServerOperations.class));

	private final SocketServer two = mock(SocketServer.class, withSettings().extraInterfaces(ServerOperations.class));

	private final AtomicInteger callbacks = new AtomicInteger();

	private final AtomicInteger described = new AtomicInteger();

	private final AtomicInteger prepared = new AtomicInteger();

	private final SocketServersLifecycle lifecycle = new SocketServersLifecycle(this.servers, () -> {
		this.described.incrementAndGet();
		return List.of(new ConfiguredServer(List.of(spec("one")), StartPolicy.DEFAULT),
				new ConfiguredServer(List.of(spec("two")), StartPolicy.DEFAULT));
	}, new StartFailures(new GenericApplicationContext()), this.prepared::incrementAndGet);

	@BeforeEach
	void prepare() {
		given(this.servers.register(any())).willReturn(this.one, this.two);
		given(this.servers.server("one")).willReturn(Optional.of(this.one));
		given(this.servers.server("two")).willReturn(Optional.of(this.two));
		given(this.servers.iterator()).willAnswer((invocation) -> List.of(this.one, this.two).iterator());
		given(this.one.stopped()).willReturn(CompletableFuture.completedFuture(null));
		given(this.two.stopped()).willReturn(CompletableFuture.completedFuture(null));
	}

	@Test
	void allServersStop() {
		this.lifecycle.stop(this.callbacks::incrementAndGet);

		ServerOperations.of(then(this.one).should()).beginStop(Duration.ZERO);
		ServerOperations.of(then(this.two).should()).beginStop(Duration.ZERO);
		assertThat(this.callbacks).hasValue(1);
	}

	@Test
	void serversAreDescribedOnceAndStartedEachTime() {
		this.lifecycle.start();
		this.lifecycle.stop();
		this.lifecycle.start();

		assertThat(this.described).hasValue(1);
		assertThat(this.prepared).hasValue(2);
		then(this.one).should(times(2)).start();
		then(this.two).should(times(2)).start();
	}

	@Test
	void aServerThatCannotStartTakesTheOthersDown() {
		IllegalStateException failure = new IllegalStateException("cannot");
		willThrow(failure).given(this.two).start();
		willThrow(new IllegalStateException("nor stop")).given(this.one).stop(any());

		assertThatIllegalStateException().isThrownBy(this.lifecycle::start).isSameAs(failure);

		then(this.one).should().stop(Duration.ZERO);
		then(this.two).should(never()).stop(any());
		assertThat(failure.getSuppressed()).hasSize(1);
		assertThat(this.lifecycle.isRunning()).isFalse();
	}

	@Test
	void aNameThatTheApplicationHasRegisteredTakesTheOthersBack() {
		given(this.one.name()).willReturn("one");
		given(this.servers.register(any())).willReturn(this.one).willThrow(new IllegalArgumentException("taken"));

		assertThatIllegalArgumentException().isThrownBy(this.lifecycle::start);

		then(this.servers).should().remove("one");
		assertThat(this.lifecycle.isRunning()).isFalse();
	}

	@Test
	void aStartThatFailsWhenServersAreToRunNoLongerIsNotTriedAgain() {
		StartPolicy retry = new StartPolicy(true, true, OnStartFailure.RETRY);
		SocketServersLifecycle retrying = new SocketServersLifecycle(this.servers,
				() -> List.of(new ConfiguredServer(List.of(spec("retried")), retry)),
				new StartFailures(new GenericApplicationContext()), () -> {
				});
		SocketServer server = this.one;
		given(this.servers.server("retried")).willReturn(Optional.of(server));
		given(server.name()).willReturn("retried");
		given(server.spec()).willReturn(spec("retried"));
		given(server.state()).willReturn(ServerState.FAILED);
		willAnswer((invocation) -> {
			retrying.cancelStarts();
			throw new ServerStartException("retried", new InetSocketAddress(1), Problem.PORT_IN_USE,
					new BindException());
		}).given(server).start();

		retrying.start();

		assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
			.doesNotContain("retried server start");
	}

	private static ServerSpec spec(String name) {
		return ServerSpec.builder(name).handler(ServerHandler.stream(name, (in, out, session) -> {
		})).build();
	}

}
