package dev.socketserver.repl;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerStatistics;
import dev.socketserver.SessionInfo;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.address.Addresses;
import dev.socketserver.engine.log.LogText;
import dev.socketserver.operation.BadParameterException;
import dev.socketserver.operation.FailureText;
import dev.socketserver.operation.NoReplyException;
import dev.socketserver.operation.PeerRequest;
import dev.socketserver.operation.RefusedOperationException;
import dev.socketserver.operation.ServerAction;
import dev.socketserver.operation.SessionAction;
import dev.socketserver.operation.UnknownTargetException;
import dev.socketserver.operation.search.SessionOrder;
import dev.socketserver.operation.search.SessionPager;
import dev.socketserver.operation.search.SessionQuery;
import dev.socketserver.operator.EndedSession;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.operator.ServerOperations.EndedConnection;
import dev.socketserver.operator.ServerOperations.RefusedConnection;
import dev.socketserver.repl.evaluate.ValueText;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * The commands that operators can type in a console instead of an expression. They do
 * what the actuator does, by the same code. Confined to the console's thread.
 */
final class ReplCommands {

	private static final String HELP = """
			An expression is evaluated: @bean is a bean, #v = 41 defines a variable, #_1 #_2 #_3 are the last
			results, #_e is the last failure; #ctx, #session and #servers are there. A semicolon separates
			expressions; what is open goes on in the next line. A line that ends with a tab is completed.
			Ctrl-C interrupts.
			""";

	private static final Map<String, Command> COMMANDS = all();

	/** Not the name of a server here: {@code server=cluster} is that. */
	private static final String CLUSTER = "cluster";

	private final Repl repl;

	private final ReplSession console;

	private final StringBuilder answer = new StringBuilder();

	ReplCommands(Repl repl, ReplSession console) {
		this.repl = repl;
		this.console = console;
	}

	private static Map<String, Command> all() {
		Map<String, Command> all = new LinkedHashMap<>();
		add(all, ":help", "this", (commands, rest) -> commands.help());
		add(all, ":quit", "closes this console", (commands, rest) -> commands.console.quit());
		add(all, ":name [text]", "names this console", (commands, rest) -> commands.name(rest));
		add(all, ":complete text", "what a name may become", (commands, rest) -> commands.console.complete(rest));
		add(all, ":beans [text]", "beans whose names contain the text", (commands, rest) -> commands.beans(rest));
		add(all, ":env [prefix]", "property sources, or the properties below a prefix",
				(commands, rest) -> commands.env(rest));
		add(all, ":sessions [cluster] [server=] [listener=] [remote=] [bound=] [group=] [state=] [closed=true] [after=] [page=] [size=] [sort=]",
				"sessions, of all nodes with the word cluster", (commands, rest) -> commands.sessions(rest));
		add(all, ":session [id]", "one of them",
				(commands, rest) -> commands.session(rest.isEmpty() ? commands.console.session().id() : rest));
		add(all, ":state [id]", "the variables of one of them", (commands, rest) -> commands.state(rest));
		add(all, ":attach id", "has expressions evaluated in another session's place",
				(commands, rest) -> commands.attach(needed(":attach", rest)));
		add(all, ":detach", "has them evaluated here again", (commands, rest) -> commands.detach());
		add(all, ":close id", "closes a session", (commands, rest) -> commands.close(needed(":close", rest)));
		add(all, ":send id text", "sends text to a session's peer", (commands, rest) -> commands.send(rest));
		add(all, ":ask id text", "sends text to a session's peer, and shows the reply within 5 seconds",
				(commands, rest) -> commands.ask(rest));
		add(all, ":servers", "servers", (commands, rest) -> commands.repl.servers().forEach(commands::sayServer));
		add(all, ":nodes", "nodes of the cluster",
				(commands, rest) -> new ClusterTable(commands.repl.context()).nodes().forEach(commands::say));
		add(all, ":pause name|id [listener=]", "pauses a server, a listener of it, or a session",
				(commands, rest) -> commands.pauseOrResume("pause", needed(":pause", rest)));
		add(all, ":resume name|id [listener=]", "resumes one",
				(commands, rest) -> commands.pauseOrResume("resume", needed(":resume", rest)));
		add(all, ":start name", "starts a server",
				(commands, rest) -> commands.change("start", needed(":start", rest)));
		add(all, ":stop [name] [timeout=10s] [sessions=keep]", "stops a server, this one without a name",
				(commands, rest) -> commands.change("stop", rest));
		add(all, ":restart name [timeout=10s] [sessions=keep]", "stops it and starts it again",
				(commands, rest) -> commands.change("restart", needed(":restart", rest)));
		add(all, ":drain name [timeout=10s] [over=60s]", "lets its sessions end by themselves, or one after the other",
				(commands, rest) -> commands.change("drain", needed(":drain", rest)));
		return all;
	}

	private static void add(Map<String, Command> all, String usage, String meaning, Action action) {
		all.put(usage.split(" ")[0], new Command(usage, meaning, action));
	}

	static List<String> completions(String input) {
		return COMMANDS.keySet().stream().filter((command) -> command.startsWith(input)).toList();
	}

	/**
	 * Performs a command, and prints its answer.
	 * @param line the line, which begins with a colon
	 */
	void perform(String line) throws InterruptedException, Workspace.BusyException {
		String[] words = line.split("\\s+", 2);
		String rest = (words.length > 1) ? words[1].strip() : "";
		try {
			perform(words[0], rest);
		}
		catch (BadParameterException | NoReplyException | RefusedOperationException
				| UnsupportedOperationException ex) {
			say(FailureText.of(ex));
		}
		catch (RuntimeException ex) {
			// Thrown by a bean or a property source of the application.
			say(ValueText.of(ex, false));
		}
		flush();
	}

	private void flush() {
		this.console.output().print(this.answer.toString());
		this.console.output().flush();
		this.answer.setLength(0);
	}

	private void perform(String word, String rest) throws InterruptedException, Workspace.BusyException {
		Command command = COMMANDS.get(word);
		if (command == null) {
			say("There is no command " + ValueText.logged(word) + "; :help lists them");
			return;
		}
		command.action().perform(this, rest);
	}

	private void say(String text) {
		this.answer.append(ValueText.of(text)).append('\n');
	}

	private static String needed(String command, String rest) {
		if (rest.isEmpty()) {
			throw new BadParameterException(command + " needs a name or id", "Missing parameter");
		}
		return rest;
	}

	private static Map<String, String> parameters(String rest) {
		Map<String, String> parameters = new TreeMap<>();
		for (String word : rest.split("\\s+")) {
			int equals = word.indexOf('=');
			String name = (equals < 0) ? "server" : word.substring(0, equals);
			if (!word.isEmpty() && parameters.put(name, word.substring(equals + 1)) != null) {
				throw new BadParameterException("There is more than one " + name, "Repeated parameter");
			}
		}
		return parameters;
	}

	private static void check(Map<String, String> parameters, String... known) {
		for (String parameter : parameters.keySet()) {
			if (!Arrays.asList(known).contains(parameter)) {
				throw new BadParameterException(
						"There is no parameter " + parameter + ": use one of " + String.join(", ", known),
						"Unknown parameter");
			}
		}
	}

	private void help() {
		this.answer.append(HELP);
		COMMANDS.values().forEach((command) -> say("  " + command.usage() + ": " + command.meaning()));
	}

	private void name(String text) {
		if (!text.isEmpty()) {
			this.console.name(text);
		}
		String name = this.console.name();
		say((name != null) ? name : "This console has no name");
	}

	private void beans(String text) {
		String[] names = this.repl.context().getBeanFactory().getBeanDefinitionNames();
		Arrays.stream(names).filter((name) -> name.contains(text)).sorted().forEach((name) -> {
			Class<?> type = this.repl.context().getBeanFactory().getType(name, false);
			say(name + ((type != null) ? ": " + ClassUtils.getUserClass(type).getName() : ""));
		});
	}

	private void env(String prefix) {
		EnvironmentView environment = new EnvironmentView(this.repl.context().getEnvironment());
		if (prefix.isEmpty()) {
			environment.sources().forEach(this::say);
			say("Profiles: " + String.join(", ", environment.profiles()));
		}
		else {
			environment.properties(prefix).forEach((name, value) -> say(name + "=" + value));
		}
	}

	private void sessions(String rest) {
		String[] words = rest.split("\\s+", 2);
		boolean ofAllNodes = words[0].equals(CLUSTER);
		Map<String, String> parameters = parameters(ofAllNodes ? rest.substring(CLUSTER.length()) : rest);
		check(parameters, "server", "listener", "remote", "bound", "group", "state", "closed", "after", "page", "size",
				"sort");
		if (ofAllNodes) {
			new ClusterTable(this.repl.context()).lines(parameters).forEach(this::say);
			return;
		}
		SessionQuery query = SessionQuery.of(parameters::get);
		SessionPager pager = this.repl.pager();
		if (query.filter().closed()) {
			sayPage(pager.ended(query), this::sayEnded);
		}
		else {
			sayPage(pager.open(query), (session) -> sayOpen(session, query.order()));
		}
	}

	private <S> void sayPage(SessionPager.Page<S> page, Consumer<S> session) {
		page.sessions().forEach(session);
		int shown = page.sessions().size();
		if (shown < page.total()) {
			say(ClusterTable.more(shown, page.total()));
		}
	}

	private void sayOpen(SocketSession session, @Nullable SessionOrder order) {
		StringBuilder line = new StringBuilder(session.id()).append("  ")
			.append(Addresses.format(session.remoteAddress()))
			.append("  ")
			.append(session.info().state())
			.append("  since ")
			.append(session.openedAt());
		ReplSession other = this.repl.console(session.id());
		if (other != null) {
			append(line, "called", other.name());
			Workspace attached = other.attached();
			append(line, "attached to", (attached != null) ? attached.id() : null);
		}
		if (session == this.console.session()) {
			line.append("  this one");
		}
		if (order != null) {
			appendMeasure(line, session.info(), order);
		}
		say(line.toString());
	}

	/** Appends what sessions are sorted by, unless that is shown anyway. */
	private static void appendMeasure(StringBuilder line, SessionInfo info, SessionOrder order) {
		switch (order) {
			case PENDING -> append(line, "pending", LogText.counted(info.pendingBytes(), "byte") + " out, "
					+ LogText.counted(info.pendingInbound(), "frame") + " in");
			case HANDLER_TIME -> append(line, "handler time", info.handlerTime().toMillis() + " ms");
			case BYTES -> append(line, "bytes", info.bytesReceived() + info.bytesSent());
			case AGE -> {
			}
		}
	}

	private static void append(StringBuilder line, String what, @Nullable Object value) {
		if (value != null) {
			line.append("  ").append(what).append(' ').append(value);
		}
	}

	private void sayEnded(EndedConnection connection) {
		String peer = "  " + Addresses.format(connection.remoteAddress()) + "  ";
		if (connection instanceof EndedSession session) {
			CloseStatus closed = session.info().closed();
			say(session.id() + peer + ((closed != null) ? closed.reason() : "ended") + "  at " + session.endedAt());
		}
		else if (connection instanceof RefusedConnection refused) {
			say("-" + peer + refused.reason() + "  at " + refused.at());
		}
	}

	private SocketSession find(String id) {
		return ServerOperations.session(this.repl.servers(), id)
			.orElseThrow(() -> UnknownTargetException.openSession(id));
	}

	private void session(String id) {
		SocketSession session = find(id);
		SessionInfo info = session.info();
		sayOpen(session, null);
		say("server " + session.server() + ", local address " + Addresses.format(session.localAddress()));
		say("received " + traffic(info.bytesReceived(), info.messagesReceived()) + "; sent "
				+ traffic(info.bytesSent(), info.messagesSent()));
		say("pending: " + info.pendingInbound() + " inbound, " + LogText.counted(info.pendingWrites(), "write") + " of "
				+ LogText.counted(info.pendingBytes(), "byte") + "; reads "
				+ (info.readsPaused() ? "paused" : "not paused"));
		say("bound to " + info.bound() + ", groups " + info.groups() + ", attributes " + session.attributes().keySet());
	}

	private static String traffic(long bytes, long messages) {
		return LogText.counted(bytes, "byte") + ", " + LogText.counted(messages, "message");
	}

	private void state(String id) throws InterruptedException, Workspace.BusyException {
		Workspace workspace = id.isEmpty() ? this.console.workspace() : this.repl.workspace(find(id));
		workspace.state().forEach((name, value) -> say(name + " = " + value));
	}

	private void attach(String id) {
		SocketSession session = find(id);
		if (session == this.console.session()) {
			throw new BadParameterException("A console cannot attach to itself", "Own id");
		}
		this.console.attach(this.repl.workspace(session));
		say("Expressions are evaluated in " + id + " until :detach");
	}

	private void detach() {
		Workspace attached = this.console.attached();
		this.console.attach(null);
		say((attached != null) ? "Expressions are evaluated here again" : "This console is not attached");
	}

	private void close(String id) {
		SocketSession session = find(id);
		say("Session " + id + " closes");
		if (session == this.console.session()) {
			// Printed now, since nothing can be printed after the close.
			flush();
		}
		session.close(CloseStatus.of(CloseReason.OPERATOR_CLOSED));
	}

	private void send(String rest) {
		String[] words = idAndText(":send", rest);
		SessionAction.SEND.perform(find(words[0]), words[1], null);
		say("Sent to " + words[0]);
	}

	private void ask(String rest) {
		String[] words = idAndText(":ask", rest);
		say(PeerRequest.ask(this.repl.servers(), find(words[0]), words[1], null));
	}

	private static String[] idAndText(String command, String rest) {
		String[] words = rest.split("\\s+", 2);
		if (words.length < 2) {
			throw new BadParameterException(command + " needs an id and a text", "Missing parameter");
		}
		return words;
	}

	/**
	 * Pauses or resumes the server of that name, or its listener, or, if there is none,
	 * the session with that id.
	 */
	private void pauseOrResume(String action, String target) {
		if (target.equals(this.console.session().id())) {
			throw new RefusedOperationException(
					"A console cannot pause or resume itself: while paused, it could not be told to resume");
		}
		String name = target.split("\\s+", 2)[0];
		if (this.repl.servers().server(name).isPresent()) {
			change(action, target);
			return;
		}
		SocketSession session = this.repl.servers()
			.session(target)
			.orElseThrow(() -> new BadParameterException("There is no server or open session '" + target + "'",
					"Unknown name or id"));
		SessionAction.of(action, null).perform(session, null, null);
		sayOpen(session, null);
	}

	private void change(String action, String rest) {
		Map<String, String> parameters = parameters(rest);
		check(parameters, "server", "timeout", "sessions", "delay", "over", "order", "listener");
		if (!parameters.containsKey("server") && !action.equals("stop")) {
			throw new BadParameterException(":" + action + " needs a name", "Missing parameter");
		}
		String name = parameters.getOrDefault("server", this.console.session().server());
		SocketServer server = this.repl.servers().server(name).orElseThrow(() -> UnknownTargetException.server(name));
		ServerAction.of(action)
			.perform(server,
					new ServerAction.Parameters(parameters.get("timeout"), parameters.get("sessions"),
							parameters.get("delay"), parameters.get("over"), parameters.get("order"),
							parameters.get("listener")));
		sayServer(server);
	}

	private void sayServer(SocketServer server) {
		ServerStatistics statistics = server.statistics();
		StringBuilder line = new StringBuilder(server.name()).append("  ").append(server.state());
		append(line, "on", (server.localAddress() != null) ? Addresses.format(server.localAddress()) : null);
		line.append("  handler ").append(server.spec().handler().name());
		line.append("  framing ").append(server.spec().framing().type());
		line.append("  sessions ").append(statistics.active()).append(", accepted ").append(statistics.accepted());
		Throwable failure = server.failure();
		append(line, "failure:", (failure != null) ? FailureText.of(failure) : null);
		if (server.name().equals(this.console.session().server())) {
			line.append("  this one");
		}
		say(line.toString());
	}

	/**
	 * A command: how it is written and what it means, for {@code :help}, and what it
	 * does.
	 */
	private record Command(String usage, String meaning, Action action) {

	}

	/** Performs a command, given the rest of its line, which may be empty. */
	private interface Action {

		void perform(ReplCommands commands, String rest) throws InterruptedException, Workspace.BusyException;

	}

}
