package dev.socketserver.autoconfigure.actuate;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.BindPolicy;
import dev.socketserver.CloseReason;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.actuate.RunningClients;
import dev.socketserver.actuate.RunningServers;
import dev.socketserver.client.ClientState;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.connect.NettySocketClients;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;

import static dev.socketserver.autoconfigure.actuate.EndpointCalls.error;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Every operation of all endpoints and every status, over HTTP on a real port.
 */
abstract class AbstractEndpointOperationsTests {

	/**
	 * What leaves servers, clients and sessions as they are. In paths and bodies @ is the
	 * name of server and client; @-1 is open, @-2 has ended.
	 */
	private static final String LOOKS = """
			# Servers
			GET    | socketservers           | | 200 | {'servers':[{'name':'@','state':'RUNNING'
			GET    | socketservers/@         | | 200 | 'active':1,'accepted':2,'rejected':0,'closed':{'PEER_CLOSED':1}
			GET    | socketservers/@-stopped | | 200 | 'state':'STOPPED','address':null
			GET    | socketservers/no        | | 404 | {'error':'There is no server 'no''}
			POST   | socketservers/@         | {'action':'resume'}                   | 409 | is RUNNING: only a paused
			POST   | socketservers/@         | {'action':'start'}                    | 409 | is RUNNING: only a stopped
			POST   | socketservers/@-stopped | {'action':'stop'}                     | 409 | nothing to stop
			POST   | socketservers/@-stopped | {'action':'drain'}                    | 409 | only a running
			POST   | socketservers/@         | {'action':'explode'}                  | 400 | use one of start, stop
			POST   | socketservers/@         | {}                                    | 400 | An action is required
			POST   | socketservers/@         | {'action':'stop','timeout':'soon'}    | 400 | timeout is 'soon', but must be a duration
			POST   | socketservers/@         | {'action':'stop','sessions':'some'}   | 400 | sessions is 'some', but must be close or keep
			POST   | socketservers/@         | {'action':'stop','sesions':'keep'}    | 400 | Unknown parameter 'sesions': use action, timeout, sessions
			POST   | socketservers/@         | {'action':{'a':'stop'}}               | 400 | ""
			POST   | socketservers/@         | {'action':                            | 400 | ""
			POST   | socketservers/no        | {'action':'stop'}                     | 404 | no server 'no'
			DELETE | socketservers/@-stopped | | 409 | nothing to stop
			DELETE | socketservers/no        | | 404 | no server 'no'
			# Clients
			GET    | socketclients           | | 200 | {'clients':[{'name':'@','state':'CONNECTED','host':'127.0.0.1'
			GET    | socketclients/@         | | 200 | 'attempts':{'total':1,'connected':1,'failed':{},'cancelled':0},'closed':{}
			GET    | socketclients/@-stopped | | 200 | 'state':'STOPPED','host':'127.0.0.1'
			GET    | socketclients/no        | | 404 | {'error':'There is no client 'no''}
			POST   | socketclients/@         | {'action':'start'}      | 409 | is CONNECTED: only a stopped
			POST   | socketclients/@-stopped | {'action':'stop'}       | 409 | nothing to stop
			POST   | socketclients/@-stopped | {'action':'disconnect'} | 409 | only a client that was started
			POST   | socketclients/@-stopped | {'action':'reconnect'}  | 409 | only a client that was started
			POST   | socketclients/@         | {'action':'pause'}      | 400 | use one of start, stop, disconnect, reconnect
			POST   | socketclients/@         | {}                      | 400 | An action is required: one of start
			POST   | socketclients/@         | {'action':{'a':'stop'}} | 400 | ""
			POST   | socketclients/no        | {'action':'stop'}       | 404 | no client 'no'
			DELETE | socketclients/@-stopped | | 409 | nothing to stop
			DELETE | socketclients/no        | | 404 | no client 'no'
			# Lists of sessions
			GET    | socketsessions                              | | 200 | 'page':{'number':0,'size':50,'total':1}
			GET    | socketsessions?server=@                     | | 200 | [{'id':'@-1','server':'@','listener':'main','remoteAddress':'127.0.0.1:
			GET    | socketsessions?server=no                    | | 404 | no server 'no'
			GET    | socketsessions?server=@-stopped             | | 200 | {'sessions':[],'page':{'number':0,'size':50,'total':0}}
			GET    | socketsessions?remote=127.0.0.1             | | 200 | 'total':1}
			GET    | socketsessions?remote=127.0.0.0/8&server=@  | | 200 | 'total':1}
			GET    | socketsessions?remote=::/0                  | | 200 | 'total':0}
			GET    | socketsessions?remote=10.1.2.3              | | 200 | 'total':0}
			GET    | socketsessions?remote=localhost             | | 400 | remote is 'localhost'
			GET    | socketsessions?remote=1.2.3.4/64            | | 400 | remote is '1.2.3.4/64'
			GET    | socketsessions?remote=10.1.2.3/8            | | 200 | 'total':0}
			GET    | socketsessions?bound=device:7               | | 200 | 'bound':['device:7'],'boundTotal':1,'groups':['room'],'groupsTotal':1
			GET    | socketsessions?bound=device:8               | | 200 | 'total':0}
			GET    | socketsessions?bound=device                 | | 400 | bound is 'device'
			GET    | socketsessions?state=open&server=@           | | 200 | 'total':1}
			GET    | socketsessions?state=PAUSED                 | | 200 | 'total':0}
			GET    | socketsessions?state=STALLED                | | 200 | 'total':0}
			GET    | socketsessions?state=asleep                 | | 400 | state is 'asleep', but must be OPEN, PAUSED, STALLED or CLOSING
			GET    | socketsessions?state=OPEN&closed=true       | | 400 | not with closed=true
			DELETE | socketsessions?state=PAUSED                 | | 200 | {'closed':0}
			GET    | socketsessions?closed=true&server=@         | | 200 | [{'id':'@-2','server':'@'
			GET    | socketsessions?closed=true&bound=device:7   | | 200 | 'total':0}
			GET    | socketsessions?closed=false&server=@        | | 200 | [{'id':'@-1','server':'@'
			GET    | socketsessions?closed=yes                   | | 400 | closed is 'yes'
			GET    | socketsessions?after=@-1&server=@           | | 200 | {'sessions':[],'page':{'number':0,'size':50,'total':1}}
			GET    | socketsessions?after=@-1&closed=true        | | 200 | [{'id':'@-2'
			GET    | socketsessions?after=x                      | | 400 | after is 'x'
			GET    | socketsessions?after=no-7                   | | 404 | 'no-7'
			GET    | socketsessions?page=1&size=1                | | 200 | {'sessions':[],'page':{'number':1,'size':1,'total':1}}
			GET    | socketsessions?page=-1                      | | 400 | page is '-1'
			GET    | socketsessions?size=501                     | | 400 | size is '501'
			GET    | socketsessions?size=x                       | | 400 | size is 'x'
			GET    | socketsessions?group=room                   | | 200 | 'bound':['device:7'],'boundTotal':1,'groups':['room'],'groupsTotal':1
			GET    | socketsessions?group=hall                   | | 200 | 'total':0}
			GET    | socketsessions?group=room&bound=device:7    | | 200 | 'total':1}
			GET    | socketsessions?group=hall&bound=device:7    | | 200 | 'total':0}
			GET    | socketsessions?group=room&closed=true       | | 200 | 'total':0}
			GET    | socketsessions?sort=pending                 | | 200 | [{'id':'@-1'
			GET    | socketsessions?sort=handler-time            | | 200 | [{'id':'@-1'
			GET    | socketsessions?sort=bytes&closed=true       | | 200 | [{'id':'@-2'
			GET    | socketsessions?sort=age                     | | 200 | [{'id':'@-1'
			GET    | socketsessions?sort=size                    | | 400 | sort is 'size', but must be one of pending, handler-time, bytes, age
			GET    | socketsessions?sort=age&after=@-1           | | 400 | after cannot be used with sort
			GET    | socketsessions?sever=@                      | | 400 | Unknown parameter 'sever': use server, listener, remote, bound, group, closed, after, page, size, sort
			GET    | socketsessions?max=1                        | | 400 | Unknown parameter 'max'
			# Many sessions
			DELETE | socketsessions?server=@&group=hall          | | 200 | {'closed':0}
			DELETE | socketsessions                              | | 400 | at least one of server, listener, remote, bound, group
			DELETE | socketsessions?max=5                        | | 400 | at least one of server
			DELETE | socketsessions?server=@&gruop=hall          | | 400 | Unknown parameter 'gruop': use server, listener, remote, bound, group, sort, max
			DELETE | socketsessions?server=@&closed=true         | | 400 | Unknown parameter 'closed'
			DELETE | socketsessions?server=@&bound=              | | 400 | bound is empty
			DELETE | socketsessions?server=@&max=0               | | 400 | max is '0'
			DELETE | socketsessions?server=@&sort=x              | | 400 | sort is 'x'
			DELETE | socketsessions?server=no                    | | 404 | no server 'no'
			# One session
			GET    | socketsessions/@-1 | | 200 | 'state':'OPEN'
			GET    | socketsessions/@-2 | | 200 | 'state':'CLOSED'
			GET    | socketsessions/@-3 | | 404 | no session '@-3'
			GET    | socketsessions/x   | | 404 | no session 'x'
			POST   | socketsessions/@-1 | {'action':'resume'}                 | 409 | has not been paused
			POST   | socketsessions/@-1 | {'action':'send'}                   | 400 | send needs a payload
			POST   | socketsessions/@-1 | {'action':'send','payload':{'a':1}} | 400 | ""
			POST   | socketsessions/@-1 | {'action':'pause','payload':'x'}    | 400 | pause takes no payload
			POST   | socketsessions/@-1 | {'action':'eval','payload':'1+1'}   | 409 | socket.repl.eval-over-actuator
			POST   | socketsessions/@-1 | {'action':'eval'}                   | 400 | eval needs a payload
			POST   | socketsessions/@-1 | {'action':'explode'}                | 400 | use one of pause, resume, send, ask'
			POST   | socketsessions/@-1 | {}                                  | 400 | An action is required: one of pause, resume, send, ask'
			POST   | socketsessions/@-2 | {'action':'pause'}                  | 404 | no open session '@-2'
			POST   | socketsessions/@-3 | {'action':'pause'}                  | 404 | no open session '@-3'
			DELETE | socketsessions/@-2 | | 404 | no open session '@-2'
			DELETE | socketsessions/@-3 | | 404 | no open session '@-3'
			""";

	private static final AtomicInteger NUMBERS = new AtomicInteger();

	@Value("${local.server.port}")
	private int port;

	@Autowired
	private NettySocketServers servers;

	@Autowired
	private NettySocketClients clients;

	@Autowired
	private Threads threads;

	private final List<TestPeer> peers = new ArrayList<>();

	private final CountDownLatch release = new CountDownLatch(1);

	/** Ids of sessions begin anew with each name. */
	private final String name = "upper" + NUMBERS.incrementAndGet();

	private SocketServer server;

	private SocketSession session;

	/** What the client is connected to: the system accepts, and nobody reads. */
	private ServerSocket remote;

	@BeforeEach
	void start() throws Exception {
		this.server = RunningServers.started(this.servers,
				RunningServers.upperSpec(this.name).address("127.0.0.1").build());
		this.servers.register(RunningServers.upperSpec(this.name + "-stopped").address("127.0.0.1").build());
		open();
		this.session = this.server.session(this.name + "-1").orElseThrow();
		this.session.bind("device", "7", BindPolicy.REJECT);
		this.session.join("room");
		open().close();
		await().until(() -> this.server.session(this.name + "-2").isEmpty());
		this.remote = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		RunningClients.connected(this.clients, RunningClients.spec(this.name, this.remote.getLocalPort()).build());
		this.clients.register(RunningClients.spec(this.name + "-stopped", this.remote.getLocalPort()).build());
	}

	@AfterEach
	void stop() throws Exception {
		this.release.countDown();
		Opened.closeAll(this.peers);
		this.remote.close();
		RunningServers.removeAll(this.servers, this.clients);
	}

	private TestPeer open() throws IOException {
		TestPeer peer = TestPeer.connect(this.server.localAddress());
		this.peers.add(peer);
		assertThat(peer.ask("x")).isEqualTo("X");
		return peer;
	}

	/** All of them on one set of servers and clients. */
	@Test
	void answersWithoutAChange() throws Exception {
		for (String row : LOOKS.split("\n")) {
			if (!row.startsWith("#")) {
				String[] columns = row.split(" *\\| *", -1);
				String expected = columns[4].equals("\"\"") ? "" : columns[4];
				answers(columns[0], columns[1], columns[2].isEmpty() ? null : columns[2], Integer.parseInt(columns[3]),
						expected);
			}
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', value = {
			// Servers
			"POST   | socketservers/@         | {'action':'pause'}                    | 200 | 'state':'PAUSED'",
			"POST   | socketservers/@         | {'action':'stop','timeout':'5s'}      | 200 | {'name':'@'",
			"POST   | socketservers/@         | {'action':'stop','sessions':'keep'}   | 200 | 'state':'STOPPED'",
			"POST   | socketservers/@         | {'action':'restart','timeout':'5s'}   | 200 | {'name':'@'",
			"POST   | socketservers/@         | {'action':'drain','timeout':'10m'}    | 200 | 'state':'DRAINING'",
			"POST   | socketservers/@-stopped | {'action':'start'}                    | 200 | 'state':'RUNNING'",
			"DELETE | socketservers/@         | | 204 | \"\"",
			// Clients
			"POST   | socketclients/@         | {'action':'disconnect'} | 200 | 'suspended':true",
			"POST   | socketclients/@         | {'action':'reconnect'}  | 200 | {'name':'@'",
			"POST   | socketclients/@         | {'action':'stop'}       | 200 | {'name':'@'",
			"POST   | socketclients/@-stopped | {'action':'start'}      | 200 | {'name':'@-stopped'",
			"DELETE | socketclients/@         | | 204 | \"\"",
			// Lists of sessions
			"DELETE | socketsessions?state=OPEN&server=@          | | 200 | {'closed':1}",
			// Many sessions
			"DELETE | socketsessions?server=@                     | | 200 | {'closed':1}",
			"DELETE | socketsessions?server=@&max=5&sort=age      | | 200 | {'closed':1}",
			"DELETE | socketsessions?bound=device:7               | | 200 | {'closed':1}",
			"DELETE | socketsessions?group=room                   | | 200 | {'closed':1}",
			"DELETE | socketsessions?remote=127.0.0.0/8           | | 200 | {'closed':1}",
			// One session
			"POST   | socketsessions/@-1 | {'action':'pause'}                  | 200 | 'readsPaused':true",
			"POST   | socketsessions/@-1 | {'action':'send','payload':'news'}  | 200 | {'id':'@-1'",
			"DELETE | socketsessions/@-1 | | 204 | \"\"" })
	void answers(String method, String path, @Nullable String body, int status, String expected) throws Exception {
		HttpResponse<String> response = exchange(method, path, (body != null) ? body.replace('\'', '"') : null,
				"application/json");

		assertThat(response.statusCode()).as("%s %s %s: %s", method, path, body, response.body()).isEqualTo(status);
		assertThat(response.body().replace('"', '\'')).as("%s %s %s", method, path, body)
			.contains(expected.replace("@", this.name));
		if (status == 204) {
			assertThat(response.body()).isEmpty();
		}
		if (status >= 400 && !expected.isEmpty()) {
			assertThat(ActuatorClient.json(response).propertyNames()).containsExactly("error");
		}
	}

	@ParameterizedTest
	@CsvSource({ "application/x-www-form-urlencoded,action=stop", "text/plain,{\"action\":\"stop\"}",
			"multipart/form-data;boundary=x,x" })
	void aFormChangesNothing(String type, String body) throws Exception {
		assertThat(exchange("POST", "socketservers/" + this.name, body, type).statusCode()).isEqualTo(415);
		assertThat(exchange("POST", "socketsessions/" + this.session.id(), body.replace("stop", "pause"), type)
			.statusCode()).isEqualTo(415);

		assertThat(exchange("POST", "socketclients/" + this.name, body, type).statusCode()).isEqualTo(415);
		assertThat(this.server.state()).isEqualTo(ServerState.RUNNING);
		assertThat(this.session.info().readsPaused()).isFalse();
		assertThat(this.clients.get(this.name).state()).isEqualTo(ClientState.CONNECTED);
	}

	@ParameterizedTest
	@CsvSource({ "urn:meter,7", "urn,meter:7", "meter,''", "::,:" })
	void anIdentityIsTakenAsItIsListed(String type, String id) throws Exception {
		this.session.bind(type, id);
		String listed = json("GET", "socketsessions?server=" + this.name, null, 200).at("/sessions/0/bound/1")
			.asString();
		assertThat(listed).isEqualTo(type + ":" + id);
		String path = "socketsessions?server=" + this.name + "&bound=" + listed;

		assertThat(json("GET", path, null, 200).at("/page/total").asInt()).isOne();
		assertThat(json("DELETE", path, null, 200)).hasToString("{\"closed\":1}");
		await().until(() -> json("GET", path + "&closed=true", null, 200).at("/page/total").asInt() == 1);
	}

	@Test
	void aRefusedFilterClosesNobody() throws Exception {
		for (String query : List.of("sever=" + this.name, "server=" + this.name + "&group=", "max=100")) {
			json("DELETE", "socketsessions?" + query, null, 400);
		}

		assertThat(this.session.closed()).isNotDone();
	}

	@Test
	void closesTheSessionsThatFitUpToAMaximum() throws Exception {
		for (int i = 0; i < 4; i++) {
			open();
		}
		assertThat(json("DELETE", "socketsessions?max=3&server=" + this.name, null, 200).toString())
			.isEqualTo("{\"closed\":3}");
		await().until(() -> this.server.sessions().count() == 2);
		assertThat(this.server.statistics().closed()).containsEntry(CloseReason.OPERATOR_CLOSED, 3L);
		assertThat(json("GET", "socketsessions?server=" + this.name, null, 200).at("/page/total").asInt()).isEqualTo(2);
		assertThat(json("DELETE", "socketsessions?server=" + this.name, null, 200).toString())
			.isEqualTo("{\"closed\":2}");
		await().until(() -> this.server.sessions().findAny().isEmpty());
	}

	@Test
	void pausesAndResumesASession() throws Exception {
		TestPeer peer = this.peers.get(0);

		assertThat(act("pause", null, 200).get("readsPaused").asBoolean()).isTrue();
		assertThat(error(act("pause", null, 409))).contains("already paused");
		peer.send("later\n");
		this.session.resumeReads();
		assertThat(json("GET", "socketsessions/" + this.session.id(), null, 200).get("readsPaused").asBoolean())
			.isTrue();
		assertThat(act("resume", null, 200).get("readsPaused").asBoolean()).isFalse();
		assertThat(peer.line()).isEqualTo("LATER");

		this.session.pauseReads();
		assertThat(error(act("resume", null, 409))).contains("its handler has paused it");
	}

	@Test
	void sendsWhatAHandlerCouldSend() throws Exception {
		assertThat(act("send", "gr\u00fc\u00dfe", 200).at("/messages/sent").asInt()).isPositive();

		assertThat(this.peers.get(0).line()).isEqualTo("gr\u00fc\u00dfe");
	}

	@Test
	void asksThePeer() throws Exception {
		TestPeer peer = this.peers.get(0);
		String ask = "{\"action\":\"ask\",\"payload\":\"status?\",\"timeout\":\"5m\"}";
		CompletableFuture<JsonNode> answer = CompletableFuture.supplyAsync(() -> {
			try {
				return json("POST", "socketsessions/" + this.session.id(), ask, 200);
			}
			catch (Exception ex) {
				throw new CompletionException(ex);
			}
		});
		assertThat(peer.line()).isEqualTo("status?");
		assertThat(json("GET", "socketsessions/" + this.session.id(), null, 200).get("requests").asInt()).isOne();
		peer.send("fine\n");

		assertThat(Patience.await(answer)).hasToString("{\"reply\":\"fine\"}");
	}

	@Test
	void saysThatThePeerDoesNotAnswer() throws Exception {
		String ask = "{\"action\":\"ask\",\"payload\":\"status?\",\"timeout\":\"20ms\"}";

		assertThat(error(json("POST", "socketsessions/" + this.session.id(), ask, 504))).contains("20 ms");
		assertThat(error(json("POST", "socketsessions/" + this.session.id(), ask.replace("20ms", "soon"), 400)))
			.contains("soon");
		this.session.shutdownOutput();
		assertThat(error(act("ask", "late", 409))).contains(this.session.id());
	}

	@Test
	void asAHandlersSendsFailOperatorsDo() throws Exception {
		this.session.shutdownOutput();

		assertThat(error(act("send", "late", 409))).contains(this.session.id());
	}

	@Test
	void aPayloadThatTheFramingCannotCarryIsABadOne() throws Exception {
		SocketServer fixed = RunningServers.started(this.servers,
				RunningServers.upperSpec(this.name + "-fixed").address("127.0.0.1").framing(Framing.fixed(4)).build());
		try (TestPeer peer = TestPeer.connect(fixed.localAddress())) {
			await().until(() -> fixed.sessions().count() == 1);
			String path = "socketsessions/" + fixed.name() + "-1";

			assertThat(error(json("POST", path, "{\"action\":\"send\",\"payload\":\"toolong\"}", 400)))
				.contains("cannot be sent");
			json("POST", path, "{\"action\":\"send\",\"payload\":\"four\"}", 200);
			fixed.session(fixed.name() + "-1").orElseThrow().close();
			assertThat(peer.read()).isEqualTo("four");
		}
	}

	@Test
	void aPayloadWithADelimiterThatIsRefusedIsABadOne() throws Exception {
		SocketServer lines = RunningServers.started(this.servers,
				RunningServers.upperSpec(this.name + "-lines")
					.address("127.0.0.1")
					.framing(Framings.line().rejectEmbedded(true).build())
					.build());
		try (TestPeer peer = TestPeer.connect(lines.localAddress())) {
			await().until(() -> lines.sessions().count() == 1);
			String path = "socketsessions/" + lines.name() + "-1";
			for (String action : new String[] { "send", "ask" }) {
				assertThat(error(json("POST", path, "{\"action\":\"" + action + "\",\"payload\":\"a\\nb\"}", 400)))
					.contains("cannot be sent");
			}
			json("POST", path, "{\"action\":\"send\",\"payload\":\"ab\"}", 200);
			assertThat(peer.line()).isEqualTo("ab");
		}
	}

	@Test
	void aStuckHandlerHoldsUpNobodyButWhoAsksIt() throws Exception {
		SocketServer detailed = RunningServers.started(this.servers,
				RunningServers.detailedSpec(this.name + "-telling", this.release).address("127.0.0.1").build());
		try (TestPeer peer = TestPeer.connect(detailed.localAddress())) {
			await().until(() -> detailed.sessions().count() == 1);
			String path = "socketsessions/" + detailed.name() + "-1";
			// It may take longer than a second.
			await().untilAsserted(() -> assertThat(json("GET", path, null, 200).get("details").toString())
				.isEqualTo("{\"last\":\"******\",\"length\":\"******\"}"));
			peer.send("wait\n");
			await().until(() -> detailed.session(detailed.name() + "-1")
				.orElseThrow()
				.attributes()
				.getOrDefault("last", "")
				.equals("wait"));

			List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
			for (int i = 0; i < 8; i++) {
				asked.add(ActuatorClient.begin(request("GET", path, null, ActuatorClient.JSON)));
			}
			assertThat(json("GET", "socketservers/" + this.name, null, 200).get("state").asString())
				.isEqualTo("RUNNING");
			for (CompletableFuture<HttpResponse<String>> answer : asked) {
				assertThat(Patience.await(answer).body()).contains("the handler is busy");
			}
			this.release.countDown();
			assertThat(peer.line()).isEqualTo("wait");
			peer.ask("fail");
			// It may still be told what was asked for before.
			await().untilAsserted(() -> assertThat(json("GET", path, null, 200).get("details").toString())
				.isEqualTo("{\"error\":\"the handler could not tell: IllegalStateException\"}"));
		}
	}

	@Test
	void operationsRunOnThreadsThatMayWait() throws Exception {
		this.threads.names.clear();

		json("GET", "socketsessions/" + this.session.id(), null, 200);
		json("GET", "socketsessions", null, 200);
		act("send", "x", 200);

		assertThat(this.threads.names).isNotEmpty().allMatch(this::mayWait);
	}

	/** Whether a thread of this name is one that the HTTP server lets wait. */
	abstract boolean mayWait(String thread);

	private JsonNode act(String action, String payload, int status) throws Exception {
		String body = "{\"action\":\"" + action + "\"" + ((payload != null) ? ",\"payload\":\"" + payload + "\"" : "")
				+ "}";
		return json("POST", "socketsessions/" + this.session.id(), body, status);
	}

	private JsonNode json(String method, String path, String body, int status) throws Exception {
		return ActuatorClient.json(request(method, path, body, ActuatorClient.JSON), status);
	}

	private HttpResponse<String> exchange(String method, String path, String body, String type) throws Exception {
		return ActuatorClient.send(request(method, path, body, type));
	}

	private HttpRequest request(String method, String path, String body, String type) {
		return ActuatorClient.request(this.port, method, path.replace("@", this.name), body, type);
	}

	/** On which threads values were made fit to be shown. */
	static final class Threads {

		private final Set<String> names = ConcurrentHashMap.newKeySet();

	}

	@TestConfiguration(proxyBeanMethods = false)
	static class Watching {

		@Bean
		Threads threads() {
			return new Threads();
		}

		@Bean
		SanitizingFunction watching(Threads threads) {
			return (data) -> {
				threads.names.add(Thread.currentThread().getName());
				return data;
			};
		}

	}

}
