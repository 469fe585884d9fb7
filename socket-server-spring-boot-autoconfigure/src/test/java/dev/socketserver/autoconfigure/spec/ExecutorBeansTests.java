package dev.socketserver.autoconfigure.spec;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.operator.IoThread;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

import static dev.socketserver.autoconfigure.properties.FailedStart.analysis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Handlers on executors of the application's.
 */
@Tag("virtual-threads")
@ExtendWith(OutputCaptureExtension.class)
class ExecutorBeansTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withUserConfiguration(Names.class)
		.withPropertyValues("socket.servers.names.port=0");

	@Configuration(proxyBeanMethods = false)
	static class Names {

		static final CountDownLatch[] RELEASE = new CountDownLatch[1];

		static final Semaphore ENTERED = new Semaphore(0);

		/** What has handed tasks over. */
		static final Set<String> CALLERS = ConcurrentHashMap.newKeySet();

		@Bean
		@SocketHandler("names")
		UnaryOperator<String> names() {
			return (line) -> {
				if (line.equals("wait")) {
					ENTERED.release();
					try {
						RELEASE[0].await();
					}
					catch (InterruptedException ex) {
						return "interrupted";
					}
				}
				if (line.equals("sleep")) {
					ENTERED.release();
					LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1_500));
					return "slept";
				}
				return Thread.currentThread().getName();
			};
		}

		@Bean
		ThreadPoolTaskExecutor workers() {
			ThreadPoolTaskExecutor workers = new ThreadPoolTaskExecutor();
			workers.setThreadNamePrefix("worker-");
			workers.setCorePoolSize(4);
			return workers;
		}

		@Bean
		SimpleAsyncTaskExecutor limited() {
			SimpleAsyncTaskExecutor limited = new SimpleAsyncTaskExecutor("limited-");
			limited.setConcurrencyLimit(1);
			return limited;
		}

		@Bean
		SimpleAsyncTaskExecutor unlimited() {
			return new SimpleAsyncTaskExecutor((task) -> {
				noteCaller();
				return new Thread(task, "unlimited");
			});
		}

		@Bean
		ThreadPoolTaskExecutor decorated() {
			ThreadPoolTaskExecutor decorated = new ThreadPoolTaskExecutor();
			decorated.setThreadNamePrefix("decorated-");
			decorated.setTaskDecorator((task) -> {
				noteCaller();
				return task;
			});
			return decorated;
		}

		private static void noteCaller() {
			CALLERS.add((Thread.currentThread() instanceof IoThread) ? "event loop" : "thread");
		}

		@Bean
		String text() {
			return "no executor";
		}

	}

	@ParameterizedTest
	@ValueSource(strings = { "socket.servers.names.", "socket.server-defaults." })
	void handlersRunOnTheExecutorOfThatName(String prefix) {
		this.runner.withPropertyValues(prefix + "execution.executor=workers").run((context) -> {
			try (TestPeer peer = TestPeer.connect(server(context).localAddress())) {
				assertThat(peer.ask("x")).startsWith("worker-");
			}
			assertThat(server(context).stop()).isTrue();
			assertThat(context.getBean("workers", ThreadPoolTaskExecutor.class).getThreadPoolExecutor().isShutdown())
				.isFalse();
		});
	}

	@Test
	void emptyNameKeepsAnExecutorFromBeingInherited() {
		this.runner
			.withPropertyValues("socket.server-defaults.execution.executor=workers",
					"socket.servers.names.execution.executor=")
			.run((context) -> {
				try (TestPeer peer = TestPeer.connect(server(context).localAddress())) {
					assertThat(peer.ask("x")).startsWith("names ");
				}
			});
	}

	/** Spring has the caller wait until one of its tasks has ended. */
	@Test
	void executorWithALimitHoldsNoEventLoopAndIsNamed(CapturedOutput output) {
		this.runner
			.withPropertyValues("socket.servers.names.execution.executor=limited", "socket.threads.io=1",
					"socket.servers.other.port=0", "socket.servers.other.handler=names")
			.run((context) -> {
				SocketServer other = context.getBean(SocketServers.class).get("other");
				try (TestPeer first = TestPeer.connect(server(context).localAddress());
						TestPeer second = TestPeer.connect(server(context).localAddress());
						TestPeer free = TestPeer.connect(other.localAddress())) {
					assertThat(first.ask("x")).startsWith("limited-");
					// Again, if it has not waited for a second, as the other slept
					// before.
					Patience.within(() -> {
						holdsUpNobody(first, second, free);
						assertThat(output)
							.contains("Server 'names': the executor 'limited' of its handlers had no free thread for ");
					});
				}
			});
	}

	private static void holdsUpNobody(TestPeer first, TestPeer second, TestPeer free) {
		try {
			first.send("sleep\n");
			assertThat(Names.ENTERED.tryAcquire(Patience.seconds(), TimeUnit.SECONDS)).isTrue();
			second.send("x\n");
			assertThat(free.ask("x")).startsWith("other ");
			assertThat(first.read()).isEqualTo("slept");
			assertThat(second.read()).startsWith("limited-");
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** A limit may be set while servers run, and a decorator may wait. */
	@ParameterizedTest
	@ValueSource(strings = { "unlimited", "decorated" })
	void executorThatIsNotKnownNotToWaitIsCalledByNoEventLoop(String name) {
		Names.CALLERS.clear();
		this.runner.withPropertyValues("socket.servers.names.execution.executor=" + name).run((context) -> {
			try (TestPeer peer = TestPeer.connect(server(context).localAddress())) {
				assertThat(peer.ask("x")).startsWith(name);
			}
		});
		assertThat(Names.CALLERS).containsExactly("thread");
	}

	/**
	 * Spring lets an executor take no more tasks as soon as the context begins to close.
	 * Sessions still end in good order.
	 */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void contextThatClosesLetsCallsOnItsExecutorFinish(boolean accepting) {
		Names.RELEASE[0] = new CountDownLatch(1);
		this.runner.withPropertyValues("socket.servers.names.execution.executor=workers")
			.withInitializer((context) -> context.getBeanFactory().addBeanPostProcessor(new BeanPostProcessor() {

				@Override
				public Object postProcessBeforeInitialization(Object bean, String name) {
					if (bean instanceof ThreadPoolTaskExecutor workers) {
						workers.setAcceptTasksAfterContextClose(accepting);
					}
					return bean;
				}

			}))
			.run((context) -> {
				SocketServer server = server(context);
				try (TestPeer busy = TestPeer.connect(server.localAddress());
						TestPeer idle = TestPeer.connect(server.localAddress())) {
					assertThat(idle.ask("x")).startsWith("worker-");
					busy.send("wait\n");
					// A frame that no call has taken would end with the context.
					assertThat(Names.ENTERED.tryAcquire(Patience.seconds(), TimeUnit.SECONDS)).isTrue();
					ConfigurableApplicationContext source = context.getSourceApplicationContext();
					CompletableFuture<Void> closing = CompletableFuture.runAsync(source::close);
					assertThat(idle.read()).isNull();
					assertThat(server.state()).isEqualTo(ServerState.DRAINING);

					Names.RELEASE[0].countDown();

					assertThat(busy.read()).startsWith("worker-");
					assertThat(busy.read()).isNull();
					Patience.await(closing);
				}
			});
	}

	@Test
	void unknownExecutorFailsTheStart() {
		this.runner.withPropertyValues("socket.servers.names.execution.executor=worker").run((context) -> {
			FailureAnalysis analysis = analysis(context);
			assertThat(analysis.getDescription())
				.isEqualTo("Property socket.servers.names.execution.executor is 'worker': "
						+ "there is no bean of that name (nearest: 'workers').");
			assertThat(analysis.getAction()).startsWith("Set it to the name of a bean of type Executor");
		});
	}

	@Test
	void beanThatIsNoExecutorFailsTheStart() {
		this.runner.withPropertyValues("socket.server-defaults.execution.executor=text")
			.run((context) -> assertThat(analysis(context).getDescription())
				.isEqualTo("Property socket.server-defaults.execution.executor is 'text': "
						+ "that bean cannot be used as the executor, because its type is java.lang.String."));
	}

	@Test
	void executorAndEventLoopTogetherFailTheStart() {
		this.runner
			.withPropertyValues("socket.servers.names.execution.executor=workers",
					"socket.servers.names.execution.mode=event-loop")
			.run((context) -> assertThat(analysis(context).getDescription())
				.startsWith("Property socket.servers.names.execution.executor is 'workers': it is not used"));
	}

	@Test
	void withoutExecutorsThatIsSaid() {
		new ApplicationContextRunner().run((context) -> {
			ReferencedBeans beans = new ReferencedBeans(context.getSourceApplicationContext().getBeanFactory());
			assertThat(context.getBeanProvider(Executor.class)).isEmpty();
			assertThat(catchThrowable(() -> beans.executor("x")))
				.hasMessage("there is no bean of that name (there are no executor beans)");
		});
	}

	private static SocketServer server(AssertableApplicationContext context) {
		return context.getBean(SocketServers.class).get("names");
	}

}
