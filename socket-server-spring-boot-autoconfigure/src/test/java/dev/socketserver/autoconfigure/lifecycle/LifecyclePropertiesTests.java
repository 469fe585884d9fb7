package dev.socketserver.autoconfigure.lifecycle;

import java.time.Duration;
import java.util.Arrays;
import java.util.function.UnaryOperator;

import dev.socketserver.ServerSpec;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.StreamHandler;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.UpperHandler;
import dev.socketserver.autoconfigure.health.SocketServersHealthContributorAutoConfiguration;
import dev.socketserver.spec.DrainPlan;
import dev.socketserver.spec.OnFull;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.spec.Threads;
import dev.socketserver.spec.Timeouts;
import dev.socketserver.spec.listen.IpFamily;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the keys of listening, limits and lifecycle.
 */
@Tag("long")
@ExtendWith(OutputCaptureExtension.class)
class LifecyclePropertiesTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class,
				SocketServersHealthContributorAutoConfiguration.class))
		.withUserConfiguration(Handlers.class);

	private final ApplicationContextRunner upper = this.runner.withPropertyValues("socket.servers.upper.port=0");

	/** Describes and does not listen, so that it is the same on every platform. */
	private final ApplicationContextRunner described = this.upper
		.withPropertyValues("socket.servers.upper.start.auto=false");

	@Test
	void bindsEveryKey() {
		this.described
			.withPropertyValues(under("socket.servers.upper.", "address=any", "ip-family=dual", "backlog=7",
					"options.tcp-no-delay=false", "options.keep-alive=true", "options.keep-alive-idle=20s",
					"options.keep-alive-interval=2s", "options.keep-alive-count=3", "options.user-timeout=1500",
					"options.reuse-address=false", "options.reuse-port=true", "options.receive-buffer=64KB",
					"options.send-buffer=32768", "limits.on-full=wait", "limits.accept-rate=50",
					"timeouts.first-frame=1s", "timeouts.frame=2s", "timeouts.write=3s", "timeouts.session=4s",
					"one-shot=true", "requests-per-session=5", "farewell=bye", "threads.name={name} crew",
					"threads.server-daemon=true", "threads.session-daemon=false", "drain-timeout=6s"))
			.run((context) -> {
				ServerSpec spec = server(context).spec();
				assertThat(spec.ipFamily()).isEqualTo(IpFamily.DUAL);
				assertThat(spec.backlog()).isEqualTo(7);
				assertThat(spec.options()).isEqualTo(new SocketOptions(false, true, Duration.ofSeconds(20),
						Duration.ofSeconds(2), 3, Duration.ofMillis(1500), false, true, 65536, 32768, null));
				assertThat(spec.limits().onFull()).isEqualTo(OnFull.WAIT);
				assertThat(spec.limits().acceptRate()).isEqualTo(50);
				assertThat(spec.session().timeouts())
					.isEqualTo(new Timeouts(Duration.ofSeconds(1), Duration.ofSeconds(2), null, Duration.ofSeconds(3),
							Duration.ofSeconds(4), Duration.ofSeconds(10)));
				assertThat(spec.oneShot()).isTrue();
				assertThat(spec.session().requestsPerSession()).isEqualTo(5);
				assertThat(spec.farewell()).isEqualTo("bye");
				assertThat(spec.threads()).isEqualTo(new Threads("{name} crew", true, false));
				assertThat(spec.drainTimeout()).isEqualTo(Duration.ofSeconds(6));
			});
	}

	@Test
	void inheritsEveryKey() {
		this.upper
			.withPropertyValues(under("socket.server-defaults.", "start.auto=false", "backlog=7",
					"options.keep-alive-count=3", "limits.on-full=wait", "timeouts.frame=0", "farewell=bye",
					"threads.session-daemon=false", "shutdown=immediate", "drain-timeout=6s"))
			.withPropertyValues(under("socket.servers.upper.", "options.user-timeout=1s", "farewell=so long"))
			.run((context) -> {
				SocketServer server = server(context);
				assertThat(server.state()).isEqualTo(ServerState.STOPPED);
				assertThat(server.spec().backlog()).isEqualTo(7);
				assertThat(server.spec().options().keepAliveCount()).isEqualTo(3);
				assertThat(server.spec().options().userTimeout()).isEqualTo(Duration.ofSeconds(1));
				assertThat(server.spec().limits().onFull()).isEqualTo(OnFull.WAIT);
				assertThat(server.spec().session().timeouts().frame()).isNull();
				assertThat(server.spec().farewell()).isEqualTo("so long");
				assertThat(server.spec().threads().sessionDaemon()).isFalse();
				assertThat(server.spec().drainTimeout()).isZero();
			});
	}

	@Test
	void anEmptyFarewellIsNoneInSpiteOfTheDefaults() {
		this.described.withPropertyValues("socket.server-defaults.farewell=bye", "socket.servers.upper.farewell=")
			.run((context) -> assertThat(server(context).spec().farewell()).isNull());
	}

	@Test
	void withoutAddressIpv6IsItsOwnLoopback() {
		this.described.withPropertyValues("socket.servers.upper.ip-family=ipv6")
			.run((context) -> assertThat(server(context).spec().host()).isEqualTo("::1"));
		this.described
			.withPropertyValues("socket.servers.upper.ip-family=ipv6", "socket.servers.upper.address=localhost")
			.run((context) -> assertThat(server(context).spec().host()).isEqualTo("localhost"));
	}

	@Test
	void aDrainThatIsLongerThanItsPhaseIsWarnedAbout(CapturedOutput output) {
		this.described.withPropertyValues("socket.server-defaults.drain-timeout=40s")
			.run((context) -> assertThat(server(context).spec().drainTimeout()).isEqualTo(Duration.ofSeconds(40)));
		assertThat(output).contains("Property socket.server-defaults.drain-timeout is 40s, but "
				+ "spring.lifecycle.timeout-per-shutdown-phase ends the drain after 30s");
	}

	@Test
	void aPlanThatDoesNotFitIntoAStopIsWarnedAboutWithTheArithmetic(CapturedOutput output) {
		this.described
			.withPropertyValues("socket.server-defaults.drain.delay=5s", "socket.servers.upper.drain.over=60s",
					"socket.servers.upper.drain.order=oldest")
			.run((context) -> assertThat(server(context).spec().drain())
				.isEqualTo(new DrainPlan(Duration.ofSeconds(5), Duration.ofSeconds(60), DrainPlan.Order.OLDEST)));
		assertThat(output).contains("Property socket.servers.upper.drain.over: a delay of 5s and 1m for the sessions "
				+ "are 65s, and do not fit into the drain-timeout of 27s, of which a tenth is for the last sessions: "
				+ "when the application stops, they are shortened to 1869ms and 22430ms. Raise "
				+ "socket.servers.upper.drain-timeout to 73s and spring.lifecycle.timeout-per-shutdown-phase to 76s");
	}

	@Test
	void aPlanThatFitsIntoTheDrainTimeoutButNotIntoThePhaseIsWarnedAbout(CapturedOutput output) {
		this.described
			.withPropertyValues("socket.servers.upper.drain.over=60s", "socket.servers.upper.drain-timeout=70s")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output)
			.contains("Property socket.servers.upper.drain.over: a delay of 0 and 1m for the sessions are "
					+ "1m, and do not fit into 27s within a phase of 30s, of which a tenth is for the last sessions: when the "
					+ "application stops, they are shortened to 0 and 24300ms. Raise "
					+ "spring.lifecycle.timeout-per-shutdown-phase to 73s, or lower these");
	}

	@Test
	void aPlanThatFitsIsNotWarnedAbout(CapturedOutput output) {
		this.described
			.withPropertyValues("socket.servers.upper.drain.over=60s", "socket.servers.upper.drain-timeout=70s",
					"spring.lifecycle.timeout-per-shutdown-phase=75s")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain("Property socket.");
	}

	@Test
	void anImmediateStopIgnoresThePlan(CapturedOutput output) {
		this.described
			.withPropertyValues("socket.servers.upper.drain.over=60s", "socket.servers.upper.shutdown=immediate")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains(warning("drain.over: the server stops immediately").replace("talk", "upper"));
	}

	@Test
	void aNegativePlanFailsTheStart() {
		this.described.withPropertyValues("socket.servers.upper.drain.over=-1s")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("socket.servers.upper.drain.over"));
	}

	@Test
	void whatHasNoEffectIsWarnedAbout(CapturedOutput output) {
		this.runner
			.withPropertyValues(under("socket.servers.talk.", "port=0", "limits.frame=1KB", "timeouts.frame=1s",
					"requests-per-session=1", "execution.threads=5", "timeouts.handler=1s", "options.keep-alive=false",
					"options.keep-alive-count=3", "start.auto=false", "start.wait=false", "shutdown=immediate",
					"drain-timeout=1s", "one-shot=true", "limits.alarm=90%"))
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains(warning("limits.alarm: there is one session at most"),
				warning("limits.frame: raw framing has no frames"),
				warning("timeouts.frame: raw framing has no frames"),
				warning("requests-per-session: raw framing has no frames"),
				warning("execution.threads: the handler occupies a thread for each session"),
				warning("timeouts.handler: a call of the handler lasts as long as its session, and is not watched"),
				warning("options.keep-alive-count: options.keep-alive is off"),
				warning("start.wait: start.auto is off"), warning("drain-timeout: the server stops immediately"));
	}

	@Test
	void whatHasNoEffectOnASwitchableFramingIsWarnedAbout(CapturedOutput output) {
		this.runner
			.withPropertyValues(under("socket.servers.upper.", "port=0", "framing.type=line", "framing.switchable=true",
					"inbound.capacity=5", "inbound.bytes=1KB", "timeouts.frame=1s"))
			.run((context) -> assertThat(context).hasNotFailed());
		String reason = "with a switchable framing, frames are cut one at a time";
		assertThat(output)
			.contains(warning("upper", "inbound.capacity: " + reason), warning("upper", "inbound.bytes: " + reason))
			.doesNotContain("timeouts.frame");
	}

	private static String warning(String text) {
		return warning("talk", text);
	}

	private static String warning(String server, String text) {
		return "Property socket.servers." + server + "." + text.replaceFirst(":", " has no effect:");
	}

	@Test
	void whatHasAnEffectOrIsInheritedIsNot(CapturedOutput output) {
		this.runner
			.withPropertyValues("socket.server-defaults.limits.frame=1KB", "socket.server-defaults.execution.threads=7",
					"socket.servers.talk.port=0", "socket.servers.upper.port=0",
					"socket.servers.upper.limits.frame=2KB", "socket.servers.upper.execution.mode=pool",
					"socket.servers.upper.execution.threads=3", "socket.servers.talk.timeouts.first-frame=1s",
					"socket.servers.bytes.port=0", "socket.servers.bytes.framing=raw",
					"socket.servers.bytes.timeouts.first-frame=1s", "socket.servers.bytes.requests-per-session=1")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain("has no effect");
	}

	private static String[] under(String prefix, String... properties) {
		return Arrays.stream(properties).map((property) -> prefix + property).toArray(String[]::new);
	}

	private static SocketServer server(ApplicationContext context) {
		return context.getBean(SocketServers.class).get("upper");
	}

	@Configuration(proxyBeanMethods = false)
	@Import(UpperHandler.class)
	static class Handlers {

		@Bean
		@SocketHandler("talk")
		StreamHandler talk() {
			return (in, out, session) -> in.transferTo(out);
		}

		@Bean
		@SocketHandler("bytes")
		UnaryOperator<byte[]> bytes() {
			return UnaryOperator.identity();
		}

	}

}
