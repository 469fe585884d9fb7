package dev.socketserver.repl;

import java.net.InetAddress;
import java.nio.charset.Charset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;

import javax.security.auth.x500.X500Principal;

import dev.socketserver.ServerHandler;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.operation.BadParameterException;
import dev.socketserver.operation.RefusedOperationException;
import dev.socketserver.operation.SessionEvaluator.Evaluation;
import dev.socketserver.operation.search.SessionPager;
import dev.socketserver.repl.evaluate.Interpreter;
import dev.socketserver.repl.evaluate.JavaInterpreter;
import dev.socketserver.repl.evaluate.ReplTimer;
import dev.socketserver.repl.evaluate.SpelInterpreter;
import dev.socketserver.spec.ProxyMode;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.GenericApplicationListener;

/**
 * The consoles of an application, and the workspaces in which they evaluate: one for each
 * session in which something was evaluated, until the session ends. Whoever has this
 * object can run any code. Safe for use by several threads.
 */
public final class Repl implements AutoCloseable {

	/** The handler's name. */
	public static final String NAME = "repl";

	private final SocketServers servers;

	private final ConfigurableApplicationContext context;

	private final ReplSettings settings;

	private final @Nullable PasswordCheck passwordCheck;

	/** By session, and not by its id, which one of a client may have too. */
	private final Map<SocketSession, Workspace> workspaces = new ConcurrentHashMap<>();

	private final Map<String, ReplSession> consoles = new ConcurrentHashMap<>();

	private final SessionPager pager;

	private final EvaluationLog audit = new EvaluationLog();

	private final ScheduledThreadPoolExecutor timer = ReplTimer.create();

	private final OutsideEvaluations outside = new OutsideEvaluations(this.timer, Thread::new,
			OutsideEvaluations.TIMEOUT);

	/**
	 * Creates what the consoles have in common.
	 * @param servers the servers that commands can manage
	 * @param context the context that expressions see
	 * @param settings the settings of the consoles
	 */
	public Repl(SocketServers servers, ConfigurableApplicationContext context, ReplSettings settings) {
		this.servers = servers;
		this.context = context;
		this.settings = settings;
		this.pager = new SessionPager(servers);
		String password = settings.password();
		this.passwordCheck = (password != null) ? new PasswordCheck(password) : null;
		context.addApplicationListener(GenericApplicationListener.forEventType(ContextClosedEvent.class, this::closed));
	}

	private void closed(ContextClosedEvent event) {
		if (event.getApplicationContext() == this.context) {
			this.consoles.values().forEach(ReplSession::applicationCloses);
		}
	}

	/**
	 * Creates the handler of a server whose sessions are consoles. Peers that are not on
	 * this machine are refused, unless the settings allow them and they give the password
	 * or have shown a certificate.
	 * @param charset the charset of what peers type, which must contain ASCII
	 * @return the handler
	 */
	public ServerHandler handler(Charset charset) {
		return new ServerHandler.Streams(NAME, () -> new ReplHandler(this, charset));
	}

	/**
	 * Evaluates input in the context of a session, as if it were typed in a console that
	 * is attached to it, for at most ten seconds.
	 * @param session the session
	 * @param input expressions
	 * @return the outcome
	 * @throws BadParameterException if the input is too long, or not whole
	 * @throws RefusedOperationException if the session has ended, if another evaluation
	 * there or this one takes too long, or if too many are running
	 */
	public Evaluation evaluate(SocketSession session, String input) {
		if (input.length() > Interpreter.MAX_INPUT) {
			throw new BadParameterException(
					"An expression may have " + Interpreter.MAX_INPUT + " characters, and this has " + input.length(),
					"Expression too long");
		}
		Workspace workspace = workspace(session);
		try {
			workspace.checkOpen();
		}
		catch (Workspace.GoneException ex) {
			throw new RefusedOperationException(String.valueOf(ex.getMessage()), ex);
		}
		this.audit.evaluatedFromOutside(session.id(), input);
		return this.outside.evaluate(workspace, input);
	}

	/**
	 * Returns the variables of a session: those that it was given, those that evaluations
	 * have set, and the last results.
	 * @param session the session
	 * @return texts of their values, by their names
	 * @throws RefusedOperationException if an evaluation there takes too long
	 */
	public Map<String, String> state(SocketSession session) {
		try {
			return workspace(session).state();
		}
		catch (Workspace.BusyException ex) {
			throw new RefusedOperationException(String.valueOf(ex.getMessage()), ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new RefusedOperationException("Interrupted while another evaluation was running", ex);
		}
	}

	/**
	 * Has the thread that consoles share end as soon as it has nothing to do. Consoles
	 * end with their servers.
	 */
	@Override
	public void close() {
		ReplTimer.endIdle(this.timer);
	}

	EvaluationLog audit() {
		return this.audit;
	}

	ScheduledExecutorService timer() {
		return this.timer;
	}

	/**
	 * Returns why the peer of a session may not use a console, or {@code null} if it may.
	 */
	@Nullable String refusal(SocketSession session) {
		// Checked for each session, whatever was checked when the server started: a name
		// may resolve to anything later.
		if (isHere(session.localAddress().getAddress()) && isHere(session.remoteAddress().getAddress())) {
			return null;
		}
		if (!this.settings.allowRemote()) {
			return "the console is for peers on the same machine; socket.repl.allow-remote is off";
		}
		// By a Unix socket, the principal of one without a certificate is the user of the
		// process at the other end: of the proxy.
		return (this.passwordCheck == null && !(session.principal() instanceof X500Principal))
				? "a console for other machines needs socket.repl.password or certificates of its peers" : null;
	}

	private static boolean isHere(@Nullable InetAddress address) {
		return address != null && address.isLoopbackAddress();
	}

	Workspace workspace(SocketSession session) {
		Workspace known = this.workspaces.get(session);
		if (known != null) {
			return known;
		}
		Workspace created = new Workspace(session, interpreter(session), classLoader(), Workspace.TURN);
		Workspace first = this.workspaces.putIfAbsent(session, created);
		if (first != null) {
			created.close();
			return first;
		}
		// Runs at once if the session has ended already. Not on a thread that serves
		// sessions, since it may close many files.
		CompletableFuture<?> unused = session.closed().whenCompleteAsync((status, failure) -> {
			this.workspaces.remove(session);
			created.close();
		}, this.timer);
		return created;
	}

	private Interpreter interpreter(SocketSession session) {
		Map<String, Object> variables = new LinkedHashMap<>();
		variables.put("ctx", this.context);
		variables.put("session", session);
		variables.put("servers", this.servers);
		if (this.settings.language() == ReplSettings.Language.JAVA) {
			return new JavaInterpreter(this.context.getBeanFactory(), classLoader(), variables);
		}
		return new SpelInterpreter(this.context.getBeanFactory(), classLoader(), variables);
	}

	/**
	 * Returns the class loader of the beans. That of the context may be the one of
	 * whatever thread asks.
	 */
	private ClassLoader classLoader() {
		ClassLoader own = this.context.getBeanFactory().getBeanClassLoader();
		return (own != null) ? own : Repl.class.getClassLoader();
	}

	/**
	 * The peer of a console is lost, whose session ends when what is evaluated there has
	 * ended: nothing more is.
	 */
	void lost(SocketSession session) {
		Workspace known = this.workspaces.get(session);
		if (known != null) {
			known.close();
		}
	}

	/** Returns whether a PROXY header could have preceded the input of a session. */
	boolean isProxied(SocketSession session) {
		return this.servers.server(session.server())
			.map((server) -> server.spec().listener(session.listener()))
			.filter((listener) -> listener.proxyProtocol().mode() != ProxyMode.OFF)
			.isPresent();
	}

	void opened(ReplSession console) {
		this.consoles.put(console.session().id(), console);
	}

	void closed(ReplSession console) {
		this.consoles.remove(console.session().id());
	}

	/** Returns the console with the session of that id, if it is one. */
	@Nullable ReplSession console(String session) {
		return this.consoles.get(session);
	}

	ReplSettings settings() {
		return this.settings;
	}

	@Nullable PasswordCheck passwordCheck() {
		return this.passwordCheck;
	}

	SocketServers servers() {
		return this.servers;
	}

	SessionPager pager() {
		return this.pager;
	}

	ConfigurableApplicationContext context() {
		return this.context;
	}

}
