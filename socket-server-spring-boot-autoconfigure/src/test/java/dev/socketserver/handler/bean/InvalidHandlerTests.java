package dev.socketserver.handler.bean;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import dev.socketserver.CloseStatus;
import dev.socketserver.Conversation;
import dev.socketserver.ConversationHandler;
import dev.socketserver.SocketSession;
import dev.socketserver.StreamHandler;
import dev.socketserver.annotation.OnClose;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.annotation.SessionDetails;
import dev.socketserver.handler.InvalidHandlerException;
import dev.socketserver.handler.payload.PayloadSettings;
import dev.socketserver.payload.PayloadException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.scheduling.annotation.Async;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What is wrong with a handler is said when its server is described. */
class InvalidHandlerTests {

	static List<Arguments> mistakes() {
		return List.of(
				mistake(TwoPayloads.class,
						"method %s.on(String, InputStream): parameters 1 (java.lang.String text) and "
								+ "2 (java.io.InputStream in) would both be the message",
						"@OnMessage"),
				mistake(NoPayload.class, "method %s.on(SocketSession, List): no parameter takes the message",
						"one for the message"),
				mistake(StatusOfMessage.class,
						"method %s.on(String, CloseStatus): parameter 2 (dev.socketserver."
								+ "CloseStatus status) has a type that cannot be passed to such a method",
						"SocketSession"),
				mistake(ErrorOfMessage.class,
						"method %s.on(String, Exception): parameter 2 (java.lang.Exception " + "failure) has a type",
						"SocketSession"),
				mistake(PayloadOfOpen.class, "method %s.on(String): parameter 1 (java.lang.String text) has a type",
						"an @OnOpen method take no other parameters than SocketSession, List<String>"),
				mistake(ListOfNumbers.class, "method %s.on(List): parameter 1 (java.util.List args) has a type",
						"List<String> for the args"),
				mistake(RawError.class, "method %s.on(Error): parameter 1 (java.lang.Error failure) has a type",
						"an exception"),
				mistake(TwoErrors.class, "method %s.on(Exception, RuntimeException): parameters 1", "an exception"),
				mistake(MessageOfError.class, "method %s.on(String): parameter 1 (java.lang.String text) has a type",
						"an exception"),
				mistake(OtherMessageOfError.class,
						"method %s.failed(Exception, Integer): parameter 2 (java.lang.Integer number) has a type",
						"an exception, the message, as @OnMessage takes it, SocketSession"),
				mistake(TwoMessagesOfError.class,
						"parameters 1 (java.lang.String one) and 2 (java.lang.String other) would both be the message",
						"an exception"),
				mistake(SameErrorsWithMessage.class,
						"has several @OnError methods for java.lang.Exception: method %1$s.failed(Exception, String)"
								+ " and method %1$s.other(String, Exception)",
						"Keep one"),
				mistake(NoMessageOfError.class,
						"method %s.failed(PayloadException, String) would never be called: there is no message",
						"Remove the parameter"),
				mistake(ErrorOfClose.class, "method %s.on(Exception): parameter 1", "CloseStatus"),
				mistake(ReplyOfClose.class, "method %s.on(): its return value cannot be sent", "void"),
				mistake(NoDetails.class, "method %s.on(): it does not return details", "Map<String, ?>"),
				mistake(SeveralGreetings.class, "method %s.on() greets with java.util.List", "SocketSession.send"),
				mistake(LaterGreeting.class, "method %s.on() greets with java.util.stream.Stream",
						"SocketSession.send"),
				mistake(LaterInList.class,
						"method %s.on(String) replies with java.util.concurrent.CompletableFuture, "
								+ "which cannot be sent",
						"String, byte[]"),
				mistake(RunnableReply.class,
						"method %s.on(String) replies with java.lang.Runnable, which cannot be sent",
						"a type that becomes JSON"),
				mistake(StreamOfBytes.class,
						"method %s.on(String) replies with java.io.InputStream, which cannot be sent", "byte[]"),
				mistake(WaitingReply.class,
						"method %s.on(String) replies with java.util.concurrent.Future, which cannot be sent",
						"String, byte[]"),
				mistake(UnknownPayload.class, "method %s.on(Object) does not declare what it reads",
						"payload property"),
				mistake(TwoMessages.class,
						"has several @OnMessage methods: method %1$s.on(String) and method " + "%1$s.on(byte[])",
						"Keep one"),
				mistake(TwoOpenings.class, "has several @OnOpen methods", "Keep one"),
				mistake(SameErrors.class,
						"has several @OnError methods for java.lang.Exception: method %1$s.on(Exception)"
								+ " and method %1$s.other(Exception)",
						"Keep one"),
				mistake(CatchAllErrors.class, "has several @OnError methods for java.lang.Throwable", "Keep one"),
				mistake(FunctionToo.class, "is a Function and has annotated methods too", "Split it"),
				mistake(Nothing.class,
						"is none of StreamHandler, ConversationHandler, ConnectionHandler, Function, "
								+ "Consumer, and has no methods annotated",
						"Make it one"),
				mistake(UnsendableConversation.class, "replies with java.util.concurrent.CompletableFuture", "String"),
				mistake(UntypedConversation.class, "does not declare what it reads", "Declare the types"));
	}

	private static Arguments mistake(Class<?> type, String problem, String remedy) {
		return Arguments.of(type, problem.formatted(type.getName()), remedy);
	}

	@ParameterizedTest
	@MethodSource("mistakes")
	void aMistakeNamesBeanAndMethod(Class<?> type, String problem, String remedy) {
		assertThatExceptionOfType(InvalidHandlerException.class).isThrownBy(() -> describe(type))
			.withMessageStartingWith("bean 'handler' (class " + type.getName() + ")")
			.withMessageContaining(problem)
			.satisfies((ex) -> assertThat(ex.key()).isEqualTo("handler"))
			.satisfies((ex) -> assertThat(ex.inBean()).isEqualTo(type != Nothing.class))
			.satisfies((ex) -> assertThat(ex.remedy()).contains(remedy));
	}

	@ParameterizedTest
	@ValueSource(classes = { WebSocketOpen.class, WebSocketMessage.class, WebSocketError.class, WebSocketClose.class,
			InheritsWebSocket.class })
	void annotationsOfWebSocketsNameTheOtherImport(Class<?> type) {
		assertThatExceptionOfType(InvalidHandlerException.class).isThrownBy(() -> describe(type))
			.withMessageMatching(".*method .*\\.on is annotated with jakarta\\.websocket\\.On(Open|Message|Error|Close)"
					+ ", which is for WebSocket endpoints")
			.satisfies((ex) -> assertThat(ex.remedy()).matches(
					"Import dev\\.socketserver\\.annotation\\.(On[A-Z][a-z]+) in place of jakarta\\.websocket\\.\\1"));
	}

	/** Whatever they return. */
	@ParameterizedTest
	@ValueSource(
			classes = { AsyncMethod.class, AsyncVoid.class, AsyncClass.class, AsyncFunction.class, AsyncStream.class })
	void asynchronousMethodsAreRefused(Class<?> type) {
		assertThatExceptionOfType(InvalidHandlerException.class).isThrownBy(() -> describe(type))
			.withMessageContaining("is annotated with @Async, by which the order of messages")
			.satisfies((ex) -> assertThat(ex.remedy()).startsWith("Remove @Async"));
	}

	static class AsyncMethod {

		@Async
		@OnMessage
		CompletableFuture<String> on(String line) {
			return CompletableFuture.completedFuture(line);
		}

	}

	static class AsyncVoid {

		@OnMessage
		@Async
		void on(String line) {
		}

	}

	@Async
	static class AsyncClass {

		@OnMessage
		void on(String line) {
		}

	}

	static class AsyncFunction implements UnaryOperator<String> {

		@Override
		@Async
		public String apply(String line) {
			return line;
		}

	}

	@Async
	static class AsyncStream implements StreamHandler {

		@Override
		public void handle(InputStream in, OutputStream out, SocketSession session) {
		}

	}

	private static void describe(Class<?> type) {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.registerBean("handler", type);
			context.refresh();
			new HandlerBeans(context.getBeanFactory()).serverHandler("handler", "test", PayloadSettings.DEFAULT, null);
		}
	}

	static class TwoPayloads {

		@OnMessage
		void on(String text, InputStream in) {
		}

	}

	static class NoPayload {

		@OnMessage
		void on(SocketSession session, List<String> args) {
		}

	}

	static class StatusOfMessage {

		@OnMessage
		void on(String text, CloseStatus status) {
		}

	}

	static class ErrorOfMessage {

		@OnMessage
		void on(String text, Exception failure) {
		}

	}

	static class PayloadOfOpen {

		@OnOpen
		void on(String text) {
		}

	}

	static class ListOfNumbers {

		@OnOpen
		void on(List<Integer> args) {
		}

	}

	static class RawError {

		@OnError
		void on(Error failure) {
		}

	}

	static class TwoErrors {

		@OnError
		void on(Exception one, RuntimeException other) {
		}

	}

	static class MessageOfError {

		@OnError
		void on(String text) {
		}

	}

	static class OtherMessageOfError {

		@OnMessage
		void on(String text) {
		}

		@OnError
		void failed(Exception failure, Integer number) {
		}

	}

	static class TwoMessagesOfError {

		@OnMessage
		void on(String text) {
		}

		@OnError
		void failed(String one, String other) {
		}

	}

	static class SameErrorsWithMessage {

		@OnMessage
		void on(String text) {
		}

		@OnError
		void failed(Exception failure, String text) {
		}

		@OnError
		void other(String text, Exception failure) {
		}

	}

	static class NoMessageOfError {

		@OnMessage
		void on(String text) {
		}

		@OnError
		void failed(PayloadException failure, String text) {
		}

	}

	static class ErrorOfClose {

		@OnClose
		void on(Exception failure) {
		}

	}

	static class ReplyOfClose {

		@OnClose
		String on() {
			return "";
		}

	}

	static class NoDetails {

		@SessionDetails
		String on() {
			return "";
		}

	}

	static class SeveralGreetings {

		@OnOpen
		List<String> on() {
			return List.of();
		}

	}

	static class LaterGreeting {

		@OnOpen
		CompletableFuture<Stream<String>> on() {
			return new CompletableFuture<>();
		}

	}

	static class LaterInList {

		@OnMessage
		List<CompletableFuture<String>> on(String text) {
			return List.of();
		}

	}

	static class RunnableReply {

		@OnMessage
		Runnable on(String text) {
			return () -> {
			};
		}

	}

	static class StreamOfBytes {

		@OnMessage
		List<InputStream> on(String text) {
			return List.of();
		}

	}

	static class WaitingReply {

		@OnMessage
		Future<String> on(String text) {
			return CompletableFuture.completedFuture(text);
		}

	}

	static class UnknownPayload {

		@OnMessage
		void on(Object message) {
		}

	}

	static class TwoMessages {

		@OnMessage
		void on(String text) {
		}

		@OnMessage
		void on(byte[] bytes) {
		}

	}

	static class TwoOpenings {

		@OnOpen
		void on() {
		}

		@OnOpen
		void other() {
		}

	}

	static class SameErrors {

		@OnError
		void on(Exception failure) {
		}

		@OnError
		void other(Exception failure) {
		}

	}

	static class CatchAllErrors {

		@OnError
		void on() {
		}

		@OnError
		void other(Throwable failure) {
		}

	}

	static class FunctionToo implements UnaryOperator<String> {

		@Override
		public String apply(String text) {
			return text;
		}

		@OnOpen
		void on() {
		}

	}

	static class Nothing {

		void on() {
		}

	}

	static class UnsendableConversation implements ConversationHandler<String, CompletableFuture<String>> {

		@Override
		public void handle(Conversation<String, CompletableFuture<String>> conversation) {
		}

	}

	static class UntypedConversation<I> implements ConversationHandler<I, String> {

		@Override
		public void handle(Conversation<I, String> conversation) {
		}

	}

	static class WebSocketOpen {

		@jakarta.websocket.OnOpen
		void on() {
		}

	}

	static class WebSocketMessage {

		@jakarta.websocket.OnMessage
		void on() {
		}

	}

	static class WebSocketError {

		@jakarta.websocket.OnError
		void on() {
		}

	}

	static class WebSocketClose {

		@jakarta.websocket.OnClose
		void on() {
		}

	}

	static class InheritsWebSocket extends WebSocketOpen {

		@OnOpen
		void open() {
		}

	}

}
