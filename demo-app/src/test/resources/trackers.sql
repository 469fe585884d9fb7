create table tracker (imei varchar primary key, login_key varchar not null, logins int default 0,
  last_seen timestamp with time zone);
create table position (tracker varchar references tracker, number bigint, at timestamp with time zone not null,
  latitude double precision not null, longitude double precision not null, primary key (tracker, number));
create table alarm (tracker varchar references tracker, number bigint, text varchar not null,
  primary key (tracker, number));
insert into tracker (imei, login_key) values ('490154203237518', 'secret');
