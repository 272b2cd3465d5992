from sqlcipher3.dbapi2 import *
