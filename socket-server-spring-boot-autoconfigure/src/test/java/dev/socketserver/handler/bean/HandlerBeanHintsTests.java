package dev.socketserver.handler.bean;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;

import dev.socketserver.Conversation;
import dev.socketserver.ConversationHandler;
import dev.socketserver.annotation.SocketClientHandler;
import dev.socketserver.annotation.SocketHandler;
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
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/** What native images are told of handlers without annotated methods. */
class HandlerBeanHintsTests {

	private final GenerationContext generation = new TestGenerationContext();

	@Test
	void payloadsAndRepliesCanBeReadAndWritten() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			TestPropertyValues.of("socket.servers.a.handler=named", "socket.clients.b.handler=called").applyTo(context);
			context.register(Application.class);
			context.refreshForAotProcessing(this.generation.getRuntimeHints());
			for (String name : context.getBeanDefinitionNames()) {
				process(RegisteredBean.of(context.getBeanFactory(), name));
			}
		}
		RuntimeHints hints = this.generation.getRuntimeHints();
		for (Class<?> type : List.of(Reading.class, Unit.class, Ack.class, Told.class, Asked.class, Answer.class,
				Named.class, Called.class)) {
			assertThat(RuntimeHintsPredicates.reflection()
				.onType(type)
				.withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS)).as(type.getSimpleName())
				.accepts(hints);
		}
		assertThat(hints.reflection().getTypeHint(Other.class)).isNull();
	}

	private void process(RegisteredBean bean) {
		for (BeanRegistrationAotProcessor processor : AotServices.factories()
			.load(BeanRegistrationAotProcessor.class)) {
			BeanRegistrationAotContribution contribution = (processor.getClass().getPackage() == getClass()
				.getPackage()) ? processor.processAheadOfTime(bean) : null;
			if (contribution != null) {
				contribution.applyTo(this.generation, mock(BeanRegistrationCode.class));
			}
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		@SocketHandler("readings")
		Function<Reading, CompletionStage<Ack>> readings() {
			throw new IllegalStateException();
		}

		@Bean
		@SocketClientHandler("told")
		Consumer<List<Told>> told() {
			throw new IllegalStateException();
		}

		@Bean
		Asking asking() {
			return new Asking();
		}

		@Bean
		Consumer<Named> named() {
			throw new IllegalStateException();
		}

		@Bean
		Consumer<Called> called() {
			throw new IllegalStateException();
		}

		@Bean
		Consumer<Other> other() {
			throw new IllegalStateException();
		}

	}

	abstract static class General<I> implements ConversationHandler<I, Answer> {

	}

	@SocketHandler("asking")
	static class Asking extends General<Asked> {

		@Override
		public void handle(Conversation<Asked, Answer> conversation) {
			throw new IllegalStateException();
		}

	}

	record Reading(int value, Unit unit) {

	}

	record Unit(String name) {

	}

	record Ack(int number) {

	}

	record Told(String text) {

	}

	record Asked(String text) {

	}

	record Answer(String text) {

	}

	record Named(String text) {

	}

	record Called(String text) {

	}

	/** What other functions take. */
	record Other(String text) {

	}

}
