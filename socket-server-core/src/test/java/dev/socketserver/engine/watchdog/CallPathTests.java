package dev.socketserver.engine.watchdog;

import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CallPath}.
 */
class CallPathTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', nullValues = "-", value = {
			"com.acme.Db.query com.acme.Orders.place jdk.internal.reflect.Invoker.invoke "
					+ "dev.socketserver.handler.AnnotatedMethods.call dev.socketserver.engine.handlers.MessageInvoker.handle "
					+ "dev.socketserver.engine.handlers.MessageInvoker$Frames.handle dev.socketserver.engine.lane.Lane.runTasks "
					+ "java.lang.Thread.run | com.acme.Orders.place",
			"dev.socketserver.engine.session.Session.send com.acme.Orders.place com.acme.Orders$$SpringCGLIB$$0.place "
					+ "dev.socketserver.engine.lane.Lane.runTasks com.acme.Pool.run | com.acme.Orders.place",
			"java.lang.Thread.sleep dev.socketserver.ServerHandler.lambda$function$0 dev.socketserver.engine.lane.Lane.runTasks "
					+ "| java.lang.Thread.sleep",
			"com.acme.Orders.place dev.socketserver.engine.lane.Lane.runTasks dev.socketserver.engine.lane.Lane.run "
					+ "dev.socketserver.netty.execution.LoopLanes.readsEnded dev.socketserver.engine.lane.Lane.readsEnded "
					+ "dev.socketserver.netty.channel.SessionChannel.channelReadComplete | com.acme.Orders.place",
			"com.acme.Db.query com.acme.Orders.place dev.socketserver.handler.intercept.CallChain.proceed com.acme.Login.intercept "
					+ "dev.socketserver.handler.intercept.CallChain.proceed dev.socketserver.engine.lane.Lane.runTasks "
					+ "| com.acme.Orders.place",
			"com.acme.Directory.ask com.acme.Login.intercept dev.socketserver.handler.intercept.CallChain.proceed "
					+ "dev.socketserver.engine.lane.Lane.runTasks | com.acme.Login.intercept",
			"com.acme.Orders.place org.framework.Proxy.invoke com.acme.Pool.run dev.socketserver.engine.lane.Lane.runTasks "
					+ "| com.acme.Pool.run",
			"com.acme.Orders.place org.framework.Proxy.invoke dev.socketserver.engine.lane.Lane.runTasks "
					+ "| com.acme.Orders.place",
			"- | code without a stack" })
	void methodIsTheUsersOutermostOne(@Nullable String frames, String method) {
		StackTraceElement[] stack = (frames == null) ? new StackTraceElement[0]
				: Stream.of(frames.trim().split(" "))
					.map((frame) -> new StackTraceElement(frame.substring(0, frame.lastIndexOf('.')),
							frame.substring(frame.lastIndexOf('.') + 1), null, -1))
					.toArray(StackTraceElement[]::new);

		CallPath path = new CallPath(List.of("dev.socketserver.handler.", "org.framework."),
				List.of("dev.socketserver.handler.intercept."));

		assertThat(path.method(stack)).isEqualTo(method);
	}

}
