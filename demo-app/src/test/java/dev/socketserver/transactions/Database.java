package dev.socketserver.transactions;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.EnableTransactionManagement;

/**
 * What {@code spring-boot-starter-jdbc} makes of its properties. By hand, so that other
 * tests of this module have no database.
 */
@Configuration(proxyBeanMethods = false)
@EnableTransactionManagement
public class Database {

	@Bean
	HikariDataSource dataSource(Environment environment) {
		HikariConfig config = new HikariConfig();
		config.setJdbcUrl(environment.getRequiredProperty("spring.datasource.url"));
		config.setMaximumPoolSize(environment.getProperty("spring.datasource.hikari.maximum-pool-size", int.class, 10));
		config.setConnectionTimeout(
				environment.getProperty("spring.datasource.hikari.connection-timeout", long.class, 30_000L));
		config.setInitializationFailTimeout(-1);
		return new HikariDataSource(config);
	}

	@Bean
	JdbcClient jdbcClient(DataSource dataSource) {
		return JdbcClient.create(dataSource);
	}

	@Bean
	HeldCommits transactionManager(HikariDataSource dataSource) {
		return new HeldCommits(dataSource);
	}

}
