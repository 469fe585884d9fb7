package dev.socketserver.repl.autoconfigure;

import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.operation.SessionEvaluator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;
import org.springframework.javapoet.ClassName;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * An application that was processed ahead of time, with an evaluator or without.
 */
@Tag("long")
class ReplAheadOfTimeTests {

	private final TestGenerationContext generation = new TestGenerationContext(Application.class);

	private ClassName initializer;

	@Test
	@CompileWithForkedClassLoader
	void anEvaluationThatWasLeftOutFailsTheStart() {
		process();
		compile((start) -> assertThatThrownBy(() -> start.with("socket.repl.eval-over-actuator=on")).rootCause()
			.hasMessageStartingWith("Property socket.repl.eval-over-actuator is 'true': ")
			.hasMessageContaining("processed ahead of time"));
	}

	/** Whoever turns it off must not find it on. */
	@Test
	@CompileWithForkedClassLoader
	void anEvaluationThatIsThereCanBeTurnedOff() {
		process("socket.repl.eval-over-actuator=on");
		compile((start) -> {
			try (GenericApplicationContext on = start.with("socket.repl.eval-over-actuator=on");
					GenericApplicationContext off = start.with()) {
				assertThat(on.getBeanProvider(SessionEvaluator.class).getIfAvailable()).isNotNull();
				assertThat(off.getBeanProvider(SessionEvaluator.class).getIfAvailable()).isNull();
			}
		});
	}

	/** Processes the application with some properties. */
	private void process(String... properties) {
		AnnotationConfigApplicationContext described = new AnnotationConfigApplicationContext();
		// What endpoints there are is settled then.
		TestPropertyValues.of("management.endpoints.web.exposure.include=socketservers")
			.and(properties)
			.applyTo(described);
		described.register(Application.class);
		this.initializer = new ApplicationContextAotGenerator().processAheadOfTime(described, this.generation);
		this.generation.writeGeneratedContent();
	}

	private void compile(Compiled application) {
		TestCompiler.forSystem().with(this.generation).compile((compiled) -> {
			try {
				application.check((properties) -> {
					GenericApplicationContext context = new GenericApplicationContext();
					TestPropertyValues.of(properties).applyTo(context);
					initializer(compiled.getInstance(ApplicationContextInitializer.class, this.initializer.toString()))
						.initialize(context);
					context.refresh();
					return context;
				});
			}
			catch (Exception ex) {
				throw new AssertionError(ex);
			}
		});
	}

	@SuppressWarnings("unchecked")
	private static ApplicationContextInitializer<GenericApplicationContext> initializer(
			ApplicationContextInitializer<?> compiled) {
		return (ApplicationContextInitializer<GenericApplicationContext>) compiled;
	}

	/** The application, as it was compiled. */
	private interface Compiled {

		void check(Start start) throws Exception;

	}

	/** Starts the application with some properties. */
	private interface Start {

		GenericApplicationContext with(String... properties);

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ SocketServerAutoConfiguration.class, SocketReplAutoConfiguration.class })
	static class Application {

	}

}
