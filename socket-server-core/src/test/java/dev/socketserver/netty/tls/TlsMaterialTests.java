package dev.socketserver.netty.tls;

import java.math.BigInteger;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.RSAPrivateKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.List;

import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.netty.Certificates;
import dev.socketserver.spec.listen.Tls;
import dev.socketserver.tls.ClientAuth;
import dev.socketserver.tls.TlsBundle;
import dev.socketserver.tls.TlsMaterial;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class TlsMaterialTests {

	@Test
	void keyThatDoesNotBelongToTheCertificateIsRefused() {
		Certificates authority = Certificates.TRUSTED;

		assertThatIllegalArgumentException()
			.isThrownBy(() -> Certificates
				.material(List.of(Certificates.mismatch(authority.sign("a"), authority.sign("b"))), List.of()))
			.withMessage("the private key does not belong to the certificate");
	}

	@Test
	void materialWithoutKeyIsForClientsOnly() {
		TlsMaterial material = Certificates.material(List.of(), List.of());
		assertThat(material.identifies()).isFalse();
		assertThat(Certificates.TRUSTED.server("a").identifies()).isTrue();

		TlsBundle bundle = new TlsBundle("empty", material);
		assertThatIllegalArgumentException().isThrownBy(() -> Tls.of(bundle))
			.withMessage("ssl.bundle is empty, but has no private key with a certificate");
	}

	@Test
	void saysWhetherToSignTakesLong() throws Exception {
		Certificates authority = Certificates.TRUSTED;

		assertThat(authority.server("a").signsAtOnce()).isTrue();
		KeyManager ofTheApplication = Certificates.keys(authority.sign("a"), () -> {
		});
		assertThat(Certificates.material(List.of(ofTheApplication), List.of()).signsAtOnce()).isFalse();
		assertThat(material(521).signsAtOnce()).isTrue();
		assertThat(material(2203).signsAtOnce()).isFalse();
		assertThat(material(521, 2203).signsAtOnce()).isFalse();
	}

	/**
	 * With RSA keys from which the host that a peer asks for chooses. To look for primes
	 * takes seconds, so they are of Mersenne's: 2<sup>1279</sup> - 1, and each of these.
	 */
	private static TlsMaterial material(int... exponents) throws Exception {
		X509Bundle issuer = new CertificateBuilder().subject("CN=a").setIsCertificateAuthority(true).buildSelfSigned();
		KeyFactory rsa = KeyFactory.getInstance("RSA");
		KeyStore store = KeyStore.getInstance("PKCS12");
		store.load(null, null);
		for (int exponent : exponents) {
			BigInteger p = BigInteger.ONE.shiftLeft(1279).subtract(BigInteger.ONE);
			BigInteger q = BigInteger.ONE.shiftLeft(exponent).subtract(BigInteger.ONE);
			BigInteger inverse = RSAKeyGenParameterSpec.F4
				.modInverse(p.subtract(BigInteger.ONE).multiply(q.subtract(BigInteger.ONE)));
			X509Bundle bundle = new CertificateBuilder().subject("CN=" + exponent)
				.publicKey(rsa.generatePublic(new RSAPublicKeySpec(p.multiply(q), RSAKeyGenParameterSpec.F4)))
				.buildIssuedBy(issuer);
			store.setKeyEntry("key" + exponent, rsa.generatePrivate(new RSAPrivateKeySpec(p.multiply(q), inverse)),
					new char[0], bundle.getCertificatePath());
		}
		KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
		keys.init(store, new char[0]);
		return Certificates.material(List.of(keys.getKeyManagers()), List.of());
	}

	@Test
	void unknownProtocolOrCipherIsRefused() {
		TlsMaterial good = Certificates.TRUSTED.server("a");

		assertThatIllegalArgumentException().isThrownBy(
				() -> new TlsMaterial("TLS", good.keyManagers(), good.trustManagers(), List.of("TLSv9"), List.of()));
		assertThatIllegalArgumentException().isThrownBy(() -> new TlsMaterial("TLS", good.keyManagers(),
				good.trustManagers(), List.of(), List.of("TLS_NO_SUCH_THING")));
		assertThatIllegalArgumentException().isThrownBy(() -> new TlsMaterial("NoSuchProtocol", good.keyManagers(),
				good.trustManagers(), List.of(), List.of()));
	}

	@Test
	void whatTheJvmForbidsIsRefusedBeforeAHandshakeFails() {
		TlsMaterial good = Certificates.TRUSTED.server("a");

		assertThatIllegalArgumentException().isThrownBy(
				() -> new TlsMaterial("TLS", good.keyManagers(), good.trustManagers(), List.of("TLSv1.1"), List.of()))
			.withMessageContaining("no handshake could succeed with protocols [TLSv1.1]");
	}

	@Test
	void suitesOfAnotherVersionAreRefused() {
		TlsMaterial good = Certificates.TRUSTED.server("a");

		assertThatIllegalArgumentException()
			.isThrownBy(() -> new TlsMaterial("TLS", good.keyManagers(), good.trustManagers(), List.of("TLSv1.3"),
					List.of("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")))
			.withMessageContaining("protocols [TLSv1.3] and cipher suites [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]");
	}

	@Test
	void speaksTheTwoNewestVersionsUnlessConfiguredOtherwise() {
		TlsMaterial material = Certificates.TRUSTED.server("a");
		SSLContext context = material.context();

		assertThat(material.serverEngine(context, ClientAuth.NONE).getEnabledProtocols())
			.containsExactlyInAnyOrder("TLSv1.3", "TLSv1.2");
	}

	@Test
	void speaksWhatItIsAsked() {
		TlsMaterial good = Certificates.TRUSTED.server("a");
		TlsMaterial material = new TlsMaterial("TLS", good.keyManagers(), good.trustManagers(), List.of("TLSv1.2"),
				List.of("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"));

		SSLEngine engine = material.serverEngine(material.context(), ClientAuth.NEED);

		assertThat(engine.getEnabledProtocols()).containsExactly("TLSv1.2");
		assertThat(engine.getEnabledCipherSuites()).containsExactly("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
		assertThat(engine.getNeedClientAuth()).isTrue();
		assertThat(engine.getUseClientMode()).isFalse();
	}

	@Test
	void clientSpeaksWhatTheJvmSaysForClientsAndTheProtocolOfTheMaterial() throws Exception {
		try (OtherJvm jvm = new OtherJvm(List.of(),
				List.of("-Djdk.tls.client.protocols=TLSv1.2,TLSv1.1",
						"-Djdk.tls.client.cipherSuites=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
						"-Djdk.tls.server.cipherSuites=TLS_AES_128_GCM_SHA256"),
				Client.class, "TLS")) {
			assertThat(jvm.next()).isEqualTo("[TLSv1.2]");
			assertThat(jvm.next()).isEqualTo("[TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]");
		}
		assertThat(client("TLSv1.2").getEnabledProtocols()).containsExactly("TLSv1.2");
		assertThat(client("TLS").getEnabledProtocols()).containsExactlyInAnyOrder("TLSv1.3", "TLSv1.2");
	}

	/**
	 * Returns the client side of a connection, of material that says no more than that.
	 */
	private static SSLEngine client(String protocol) {
		TlsMaterial material = new TlsMaterial(protocol, List.of(), List.of(), List.of(), List.of());
		return material.clientEngine(material.clientContext(), "localhost", 1);
	}

	/** Says what a client speaks in a JVM with options. */
	static final class Client {

		private Client() {
		}

		public static void main(String[] args) {
			SSLEngine engine = client(args[0]);
			OtherJvm.say(List.of(engine.getEnabledProtocols()).toString());
			OtherJvm.say(List.of(engine.getEnabledCipherSuites()).toString());
		}

	}

}
