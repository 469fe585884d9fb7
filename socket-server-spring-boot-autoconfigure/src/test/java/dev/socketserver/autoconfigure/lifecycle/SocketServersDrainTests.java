package dev.socketserver.autoconfigure.lifecycle;

import java.util.List;

import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.spec.DrainTimeouts;
import dev.socketserver.cluster.spi.ManagedCluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ApplicationAvailabilityBean;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;

/** What two threads notify at the same time, in an order of the test. */
class SocketServersDrainTests {

	private final SocketServers servers = mock();

	private final SocketServer one = mock();

	private final SocketServer other = mock();

	private final ManagedCluster node = mock();

	private final GenericApplicationContext context = new GenericApplicationContext();

	private final SocketServersDrain drain = new SocketServersDrain(this.servers, mock(),
			new LateBean<>(this.context.getDefaultListableBeanFactory(), ManagedCluster.class, "socketCluster"),
			this.context, new DrainTimeouts(new MockEnvironment()));

	@BeforeEach
	void refresh() {
		given(this.servers.iterator()).willAnswer((call) -> List.of(this.other, this.one).iterator());
		this.context.registerBean(ApplicationAvailabilityBean.class);
		this.context.registerBean("socketCluster", ManagedCluster.class, () -> this.node);
		this.context.refresh();
		AvailabilityChangeEvent.publish(this.context, ReadinessState.ACCEPTING_TRAFFIC);
	}

	@AfterEach
	void close() {
		this.context.close();
	}

	private ReadinessState readiness() {
		return this.context.getBean(ApplicationAvailability.class).getReadinessState();
	}

	@Test
	void aServerThatStartsWhileTheLastIsLookedAtTakesTraffic() {
		given(this.other.state()).willReturn(ServerState.STOPPED);
		given(this.one.state()).willAnswer((call) -> {
			if (this.other.state() == ServerState.STOPPED) {
				given(this.other.state()).willReturn(ServerState.RUNNING);
				this.drain.started(this.other);
			}
			return ServerState.DRAINING;
		});

		this.drain.draining(this.one);

		assertThat(readiness()).isEqualTo(ReadinessState.ACCEPTING_TRAFFIC);
		then(this.node).should().draining(false);
	}

	@Test
	void aStartThatIsNotifiedAfterTheDrainOfThatServerChangesNothing() {
		given(this.other.state()).willReturn(ServerState.STOPPED);
		given(this.one.state()).willReturn(ServerState.DRAINING);
		this.drain.draining(this.one);
		assertThat(readiness()).isEqualTo(ReadinessState.REFUSING_TRAFFIC);

		this.drain.started(this.one);

		assertThat(readiness()).isEqualTo(ReadinessState.REFUSING_TRAFFIC);
		then(this.node).should().draining(true);
		then(this.node).shouldHaveNoMoreInteractions();
	}

	@Test
	void aStartThatIsNotifiedAfterAStopOfThatServerRefusesNothing() {
		given(this.other.state()).willReturn(ServerState.STOPPED);
		given(this.one.state()).willReturn(ServerState.STOPPED);

		this.drain.started(this.one);

		assertThat(readiness()).isEqualTo(ReadinessState.ACCEPTING_TRAFFIC);
		then(this.node).shouldHaveNoInteractions();
	}

}
