package dev.socketserver.exchange;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.spring.AheadOfTime;
import org.junit.jupiter.api.Test;

import org.springframework.aot.generate.GenerationContext;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.beans.factory.aot.AotServices;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.aot.BeanRegistrationCode;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

class SocketExchangeHintsTests {

	@Test
	void proxyMethodsAndPayloadsAreKnown() {
		RuntimeHints hints = new RuntimeHints();
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.register(Application.class);
			context.refreshForAotProcessing(hints);
			RegisteredBean bean = RegisteredBean.of(context.getBeanFactory(), Plant.class.getName());
			GenerationContext generation = new TestGenerationContext();
			BeanRegistrationAotContribution contribution = AotServices.factories()
				.load(BeanRegistrationAotProcessor.class)
				.stream()
				.filter(SocketExchangeAotProcessor.class::isInstance)
				.map((processor) -> Objects.requireNonNull(processor.processAheadOfTime(bean)))
				.findFirst()
				.orElseThrow();
			contribution.applyTo(generation, mock(BeanRegistrationCode.class));
			hints = generation.getRuntimeHints();
		}
		assertThat(RuntimeHintsPredicates.proxies().forInterfaces(Plant.class)).accepts(hints);
		for (Method method : Plant.class.getMethods()) {
			assertThat(RuntimeHintsPredicates.reflection()
				.onType(method.getDeclaringClass())
				.withMemberCategory(MemberCategory.INVOKE_DECLARED_METHODS)).as(method.getName()).accepts(hints);
		}
		for (Class<?> type : List.of(Reading.class, Request.class, State.class)) {
			assertThat(RuntimeHintsPredicates.reflection()
				.onType(type)
				.withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS)).as(type.getSimpleName())
				.accepts(hints);
		}
	}

	@Test
	@CompileWithForkedClassLoader
	void applicationThatIsCompiledHasTheBean() {
		String port = "socket.clients.plant.port=" + Ports.free();
		AheadOfTime.process(Application.class, port).compile((start) -> {
			try (GenericApplicationContext context = start.with(port)) {
				assertThat(context.getBean(Plant.class)).hasToString("Plant of client 'plant'");
				assertThat(context.getBean(Plant.class).twice()).isEqualTo(2);
			}
		});
	}

	interface General<T, R> {

		@Ask
		T read(R request);

		default int twice() {
			return 2;
		}

	}

	@SocketExchange("plant")
	interface Plant extends General<Reading, Request> {

		@Ask("STATE")
		CompletableFuture<List<State>> states();

	}

	record Reading(int value) {

	}

	record Request(int sensor) {

	}

	record State(String name) {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(SocketServerAutoConfiguration.class)
	@ImportSocketExchanges(Plant.class)
	public static class Application {

	}

}
