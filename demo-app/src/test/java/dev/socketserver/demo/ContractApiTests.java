package dev.socketserver.demo;

import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares the public members of the types that programs outside of this repository are
 * written against with {@code contract-api.txt}. A line that is missing breaks such
 * programs. New members may be added there, by {@code -Dcontract.write=true}.
 */
class ContractApiTests {

	private static final Path API = Documentation.ROOT.resolve("demo-app/src/test/resources/contract-api.txt");

	private static final List<String> TYPES = Stream
		.of("SocketServer SocketServers ServerSpec ServerState SocketSession BindPolicy CloseReason CloseStatus "
				+ "StreamHandler ConversationHandler Conversation ConnectionHandler SocketServerListener "
				+ "OutboundFullException SessionClosedException framing.Framing payload.PayloadConverter "
				+ "payload.PayloadValidationException payload.PayloadValidationException$Violation "
				+ "client.SocketClient client.SocketClients client.Received client.Correlator "
				+ "client.RequestNotSentException cluster.SocketCluster cluster.ClusterNode cluster.Delivery "
				+ "annotation.SocketHandler annotation.SocketHandlerAdvice annotation.OnOpen annotation.OnMessage "
				+ "annotation.OnError "
				+ "annotation.OnClose annotation.SessionDetails annotation.Identity annotation.SessionAttribute "
				+ "handler.SocketMessage handler.SocketArgumentResolver handler.IdentityMissingException "
				+ "handler.UnmappedMessageException bridge.MessageStore bridge.InboundMessage bridge.Stored "
				+ "bridge.MessageRejectedException bridge.NotStoredException bridge.SocketMessageHandler "
				+ "mailbox.SocketMailbox "
				+ "mailbox.Letter mailbox.LetterState mailbox.LetterJudge mailbox.MailboxFullException "
				+ "mailbox.MailboxUnavailableException mailbox.SocketLetterEvent event.SocketServerStartedEvent "
				+ "event.SocketServerStoppedEvent event.SocketServerFailedEvent event.SocketServerAlarmEvent "
				+ "event.SocketSessionOpenedEvent event.SocketSessionClosedEvent event.SocketClientConnectedEvent "
				+ "event.SocketClientDisconnectedEvent event.SocketClientClosedEvent netty.NettyPipelineCustomizer "
				+ "test.SocketTestClient test.LocalSocketPort test.SocketConnection test.SocketServerPorts")
		.flatMap((names) -> Arrays.stream(names.split(" ")))
		.toList();

	@Test
	void whatProgramsAreWrittenAgainstIsThere() throws Exception {
		List<String> api = new ArrayList<>();
		for (String name : TYPES) {
			describe(Class.forName("dev.socketserver." + name), api);
		}
		if (Boolean.getBoolean("contract.write")) {
			Files.write(API, api);
		}

		List<String> promised = Files.readAllLines(API);
		assertThat(promised).hasSizeGreaterThan(300);
		assertThat(api).containsAll(promised);
	}

	private static void describe(Class<?> type, List<String> api) {
		api.add(type.getName());
		Stream<Member> members = Stream
			.of(type.getDeclaredFields(), type.getDeclaredConstructors(), type.getDeclaredMethods())
			.flatMap(Arrays::stream);
		members.filter((member) -> Modifier.isPublic(member.getModifiers()) && !member.isSynthetic())
			.map((member) -> type.getName() + " " + text(member))
			.sorted()
			.forEach(api::add);
	}

	private static String text(Member member) {
		String kept = Modifier.isStatic(member.getModifiers()) ? "static " : "";
		if (member instanceof Field field) {
			return kept + field.getType().getSimpleName() + " " + field.getName();
		}
		Executable call = (Executable) member;
		String result = (call instanceof Method method)
				? method.getReturnType().getSimpleName() + " " + method.getName() : "new";
		return kept + result
				+ Arrays.stream(call.getParameterTypes())
					.map(Class::getSimpleName)
					.collect(Collectors.joining(", ", "(", ")"));
	}

}
